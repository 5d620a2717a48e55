"""The shared dataset database: tables, bulk reading and writing, migrations."""

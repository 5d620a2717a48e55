"""How long an SQL query will take, and how sure that is."""

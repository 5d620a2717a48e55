"""The end of a log, and what is added to it, also across a rotation."""

import threading

from stack.logs import follow, names, tail


def test_the_tail_is_the_last_lines(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("".join(f"line {number}\n" for number in range(100)))
    assert tail(path, 2) == "line 98\nline 99"
    assert tail(tmp_path / "missing.log") == ""


def test_a_tail_of_a_huge_log_reads_only_its_end(tmp_path):
    path = tmp_path / "huge.log"
    path.write_text("x" * 5_000_000 + "\nlast\n")
    assert tail(path, 1) == "last"


def test_only_programs_that_said_something_are_listed(home):
    home.log("speaks").write_text("a\n")
    home.log("silent").write_text("")
    assert names(home) == ["speaks"]


def test_new_lines_are_followed_across_a_rotation(tmp_path):
    path, said, all_said = tmp_path / "a.log", [], threading.Event()
    path.write_text("old\n")

    class Stop(Exception):
        pass

    def say(name, line):
        said.append((name, line))
        if line == "first":  # rotate under the reader's feet
            path.rename(tmp_path / "a.log.1")
            path.write_text("second\nhalf")
        elif line == "second":
            with path.open("a") as log:
                log.write(" a line\n")
        elif line == "half a line":
            all_said.set()
            raise Stop

    def run():
        try:
            follow({"a": path}, say)
        except Stop:
            return

    reader = threading.Thread(target=run, daemon=True)
    reader.start()
    all_said.wait(0.2)
    with path.open("a") as log:
        log.write("first\n")
    assert all_said.wait(10)
    assert said == [("a", "first"), ("a", "second"), ("a", "half a line")]

"""Who is let in: the address with its token, opened under this machine's own name, and nobody else."""

import os
import sys
from pathlib import Path

import pytest

from sanctum_tui.errors import BadInputError
from sanctum_tui.serving.access import Access, hosts_of, kept_token, new_token, only_here, split_host
from tests.commands import sanctum

HERE = {"Host": "127.0.0.1:8129", "Origin": "http://127.0.0.1:8129"}


@pytest.fixture
def access() -> Access:
    return Access(8129, hosts_of("127.0.0.1", ()))


def test_each_start_has_a_token_of_its_own_that_nobody_can_guess() -> None:
    tokens = {Access(8129, frozenset()).token for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) * 6 >= 128 for token in tokens)


def test_a_token_is_kept_where_it_is_asked_for_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "token"
    token = kept_token(file)
    assert kept_token(file) == token
    assert file.stat().st_mode & 0o077 == 0
    assert token not in {kept_token(tmp_path / "another"), new_token()}
    file.chmod(0o644)
    with pytest.raises(BadInputError, match="Others on this machine can read"):
        kept_token(file)


@pytest.mark.parametrize("held", ["", "short", "a token with blanks in it, and long", "é" * 30, "x" * 300])
def test_a_file_that_holds_no_token_is_left_alone(tmp_path: Path, held: str) -> None:
    file = tmp_path / "token"
    file.write_text(held, "utf-8")
    file.chmod(0o600)
    with pytest.raises(BadInputError, match="--token-file"):
        kept_token(file)
    assert file.read_text("utf-8") == held


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
@pytest.mark.parametrize("make", ["mkfifo", "mkdir"])
def test_what_is_no_file_is_told_at_once_and_nobody_waits_for_it(tmp_path: Path, make: str) -> None:
    getattr(os, make)(tmp_path / "token")
    run = sanctum(tmp_path / "home", "serve", "--port", "0", "--token-file", tmp_path / "token")
    assert run.returncode == 2
    assert "token is no file, and keeps no token; name another --token-file." in run.stderr
    assert run.stderr.count("\n") == 1


def test_the_token_lets_in_and_after_it_the_cookie(access: Access) -> None:
    assert access.refusal(HERE, access.token, {}) == ""
    assert access.refusal(HERE, "", {access.cookie: access.pass_word}, socket=True) == ""
    assert access.refusal({"Host": "localhost:8129"}, access.token, {}) == ""


@pytest.mark.parametrize("token", ["", "guess", "€\udce4"])
def test_a_wrong_token_does_not(access: Access, token: str) -> None:
    assert access.refusal(HERE, token, {})
    assert access.refusal(HERE, token, {access.cookie: token})
    assert access.refusal(HERE, token, {"sanctum-1": access.pass_word})


def test_the_address_is_not_in_the_cookie(access: Access) -> None:
    # Every server on this machine is sent it.
    assert access.token not in (access.cookie, access.pass_word)
    assert access.token not in repr(access)
    assert access.pass_word not in repr(access)


@pytest.mark.parametrize(
    "host", ["evil.example:8129", "127.0.0.1:80", "127.0.0.1", "", "127.0.0.1.evil.example:8129"]
)
def test_a_name_that_somebody_points_at_this_machine_is_refused_also_with_the_token(
    access: Access, host: str
) -> None:
    assert access.refusal({"Host": host, "Origin": f"http://{host}"}, access.token, {})


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:8129", "http://127.0.0.1:1", ""]
)
def test_a_page_of_another_site_is_refused_also_with_the_cookie(access: Access, origin: str) -> None:
    headers = {"Host": "127.0.0.1:8129", "Origin": origin}
    assert access.refusal(headers, "", {access.cookie: access.pass_word}, socket=True)
    assert access.refusal(headers, "", {access.cookie: access.pass_word})


def test_a_web_socket_has_to_say_where_it_comes_from(access: Access) -> None:
    assert access.refusal({"Host": "127.0.0.1:8129"}, access.token, {}, socket=True)


def test_this_machines_names_count_only_where_others_may_connect() -> None:
    assert "desk" not in hosts_of("127.0.0.1", ("Desk", "192.168.1.5"))
    assert {"desk", "192.168.1.5", "127.0.0.1"} <= hosts_of("0.0.0.0", ("Desk", "192.168.1.5"))


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("desk", False), ("::", False)],
)
def test_it_knows_where_nobody_else_can_connect(host: str, alone: bool) -> None:
    assert only_here(host) is alone


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("127.0.0.1:8129", ("127.0.0.1", 8129)),
        ("[::1]:8129", ("::1", 8129)),
        ("[::1]", ("::1", 80)),
        ("Desk", ("desk", 80)),
        ("desk:99999999", ("desk", 0)),
        ("desk:²", ("desk", 0)),
    ],
)
def test_a_host_header_is_read_as_it_is_written(value: str, parts: tuple[str, int]) -> None:
    assert split_host(value) == parts

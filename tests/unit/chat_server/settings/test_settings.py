from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat_server.domain.errors import ConfigError
from chat_server.settings import Secret, Settings, describe, load_settings

KEYS = {"ELIAN_TOKEN_KEY": "t" * 32, "ELIAN_BODY_KEY": "b" * 32}


def load(environ: dict[str, str] | None = None, **overrides: object) -> Settings:
    return load_settings(overrides, environ={**KEYS, **(environ or {})})


def test_without_anything_said_a_house_is_kept_in_one_folder() -> None:
    found = load(data="/srv/elian")
    assert (found.host, found.port, found.workers, found.demo) == ("127.0.0.1", 8080, 1, False)
    assert found.store_url == "sqlite:////srv/elian/chat.db"
    assert found.bank_url == "embedded:///srv/elian/bank.db"
    assert found.blob_url == "file:///srv/elian/media"
    assert found.recommender_url == "model:///srv/elian/recommender"
    assert (found.bus_url, found.sms_url) == ("memory://", "log://")
    assert load(data="/srv/elian", demo=True).sms_url == "file:///srv/elian/sms.jsonl"


def test_the_later_word_counts(tmp_path: Path) -> None:
    file = tmp_path / "elian.toml"
    file.write_text('port = 1001\nhost = "127.0.0.2"\nlog_level = "debug"\n')
    environ = {**KEYS, "ELIAN_CONFIG": str(file), "ELIAN_PORT": "1002", "ELIAN_HOST": "::1"}
    found = load_settings({"port": 1003, "workers": None}, environ=environ)
    assert (found.port, found.host, found.log_level, found.workers) == (1003, "::1", "debug", 1)
    sources = {line.name: line.source for line in describe({"port": 1003}, environ=environ)}
    assert sources["port"] == "command line"
    assert sources["host"] == "ELIAN_HOST"
    assert sources["log_level"] == str(file)
    assert sources["workers"] == "default"


def test_every_kind_of_value_comes_from_text() -> None:
    found = load(
        {
            "ELIAN_DEMO": "true",
            "ELIAN_QUIET_FROM": "22:30",
            "ELIAN_QUIET_UNTIL": "07:00:00",
            "ELIAN_ALLOWED_ORIGINS": "https://a.example, https://b.example,",
            "ELIAN_QUIET_EXEMPT": "",
            "ELIAN_WEB_DIST": "/srv/web",
        }
    )
    assert found.demo
    assert (found.quiet_from, found.quiet_until) == (time(22, 30), time(7))
    assert found.allowed_origins == ("https://a.example", "https://b.example")
    assert found.quiet_exempt == ()
    assert found.web_dist == Path("/srv/web")


def test_toml_says_lists_and_times_in_its_own_way(tmp_path: Path) -> None:
    file = tmp_path / "elian.toml"
    file.write_text('quiet_from = 20:00:00\nallowed_origins = ["https://a.example"]\ndemo = true\n')
    found = load_settings(config=file, environ=KEYS)
    assert (found.quiet_from, found.allowed_origins, found.demo) == (
        time(20),
        ("https://a.example",),
        True,
    )


@pytest.mark.parametrize(
    ("variable", "near"),
    [("ELIAN_PROT", "ELIAN_PORT"), ("ELIAN_STOREURL", "ELIAN_STORE_URL"), ("ELIAN_XYZZY", "list")],
)
def test_a_misspelt_variable_stops_the_start(variable: str, near: str) -> None:
    with pytest.raises(ConfigError, match=f"{variable}.*{near}"):
        load({variable: "1"})


def test_a_misspelt_key_names_file_and_neighbour(tmp_path: Path) -> None:
    file = tmp_path / "elian.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(ConfigError, match=r"elian\.toml: prot: .*port"):
        load_settings(config=file, environ=KEYS)


def test_what_only_tests_read_is_no_setting() -> None:
    load({"ELIAN_TEST_MONGO_URL": "mongodb://x", "PATH": "/bin"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ELIAN_PORT", "eighty"),
        ("ELIAN_PORT", "65536"),
        ("ELIAN_PORT", ""),
        ("ELIAN_WORKERS", "0"),
        ("ELIAN_DEMO", "perhaps"),
        ("ELIAN_LOG_LEVEL", "loud"),
        ("ELIAN_QUIET_FROM", "late"),
        ("ELIAN_ACCESS_TOKEN_S", "5"),
        ("ELIAN_TOKEN_KEY", "short"),
        ("ELIAN_DATA", ""),
    ],
)
def test_a_value_that_cannot_be_names_its_setting_and_its_source(variable: str, value: str) -> None:
    name = variable.removeprefix("ELIAN_").lower()
    with pytest.raises(ConfigError, match=rf"{name} \(from {variable}\)"):
        load({variable: value})


@pytest.mark.parametrize("content", [b"port = ", b"\xff", b"[port]\nx = 1\n"])
def test_a_broken_file_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "elian.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"elian\.toml"):
        load_settings(config=file, environ=KEYS)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(config=tmp_path / "none.toml", environ=KEYS)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "bank.example"])  # noqa: S104 - refused
def test_the_demonstration_stays_on_this_machine(host: str) -> None:
    with pytest.raises(ConfigError, match=r"demonstration mode.*127\.0\.0\.1"):
        load(demo=True, host=host)
    assert load(host=host).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_the_demonstration_may_listen_on_any_loopback(host: str) -> None:
    assert load(demo=True, host=host).host == host


def test_more_workers_need_what_they_can_share() -> None:
    with pytest.raises(ConfigError, match=r"ELIAN_STORE_URL=mongodb.*ELIAN_BUS_URL=redis"):
        load(workers=2)
    with pytest.raises(ConfigError, match="ELIAN_BUS_URL=redis") as refused:
        load(workers=2, store_url="mongodb://h/elian")
    assert "ELIAN_STORE_URL" not in str(refused.value)
    shared = load(workers=2, store_url="mongodb://h/elian", bus_url="redis://h/0")
    assert shared.workers == 2


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = load_settings({"data": tmp_path / "house"}, environ={})
    again = load_settings({"data": tmp_path / "house"}, environ={})
    assert (first.token_key, first.body_key) == (again.token_key, again.body_key)
    assert first.token_key != first.body_key
    assert len(first.token_key.reveal()) >= 32
    folder = tmp_path / "house" / "secrets"
    assert sorted(path.name for path in folder.iterdir()) == ["body.key", "token.key"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == os.getuid()


def test_many_processes_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: load_settings({"data": tmp_path}, environ={}).token_key, range(16))
        )
    assert len({key.reveal() for key in found}) == 1
    assert len(list((tmp_path / "secrets").iterdir())) == 2


def test_a_damaged_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    load_settings({"data": tmp_path}, environ={})
    path = tmp_path / "secrets" / "token.key"
    path.write_text("")
    with pytest.raises(ConfigError, match=r"token\.key"):
        load_settings({"data": tmp_path}, environ={})


def test_listing_makes_nothing_and_shows_no_secret(tmp_path: Path) -> None:
    environ = {"ELIAN_TOKEN_KEY": "s3cr3t" * 8, "ELIAN_STORE_URL": "mongodb://u:p4ss@h/elian"}
    lines = describe({"data": tmp_path / "house"}, environ=environ)
    assert not (tmp_path / "house").exists()
    assert [line.name for line in lines] == list(Settings.__struct_fields__)
    assert all(line.meaning for line in lines)
    text = str(lines)
    assert "s3cr3t" not in text
    assert "p4ss" not in text
    assert "mongodb://u:***@h/elian" in text


def test_a_secret_does_not_print() -> None:
    secret = Secret("s3cr3t")
    assert (
        "s3cr3t" not in f"{secret} {secret!r} {[secret]} {load({'ELIAN_TOKEN_KEY': 's3cr3t' * 8})}"
    )
    assert secret.reveal() == "s3cr3t"
    assert secret == Secret("s3cr3t")
    assert secret != "s3cr3t"


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        load().port = 1  # type: ignore[misc]
    assert msgspec.structs.asdict(load())["port"] == 8080


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.sampled_from(Settings.__struct_fields__),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_any_text_is_taken_or_refused_as_a_configuration_error(name: str, text: str) -> None:
    with suppress(ConfigError):
        describe(environ={f"ELIAN_{name.upper()}": text})

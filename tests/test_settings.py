"""Settings come from RAG_* variables and .env; a typo stops the program with the name and the value."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from settings import KNOWN, BadSetting, Settings, read


def test_nothing_set_means_the_defaults() -> None:
    assert read({}, None) == Settings()


def test_every_setting_is_read_from_its_variable() -> None:
    given = {
        "RAG_HOST": "0.0.0.0",  # noqa: S104 - only read here
        "RAG_PORT": "8000",
        "RAG_HOSTS": "news.example, library",
        "RAG_DATA": "/srv/data",
        "RAG_ARTICLES": "more/articles",
        "RAG_EMBEDDER": "intfloat/e5-small-v2",
        "RAG_LLM": "openai:gpt-5",
        "RAG_LLM_SECONDS": "12",
        "RAG_LLM_CALLS": "7",
        "RAG_LLM_TOKENS": "9000",
        "RAG_LLM_DROP": "yes",
        "RAG_API_KEYS": "one,ann:reader:two",
        "RAG_OPEN": "yes",
        "RAG_RATE": "60",
        "RAG_QUEUE": "9",
        "RAG_ALLOW_URLS": "yes",
        "RAG_READ_ONLY": "Yes",
    }
    assert set(given) == set(KNOWN)
    assert read(given, None) == Settings(
        host="0.0.0.0",  # noqa: S104
        port=8000,
        hosts=("news.example", "library"),
        data=Path("/srv/data"),
        articles=Path("more/articles"),
        embedder="intfloat/e5-small-v2",
        llm="openai:gpt-5",
        llm_seconds=12,
        llm_calls=7,
        llm_tokens=9000,
        llm_drop=True,
        api_keys=("one", "ann:reader:two"),
        open=True,
        rate=60,
        queue=9,
        allow_urls=True,
        read_only=True,
    )


def test_an_unknown_setting_stops_with_its_name_and_the_known_ones() -> None:
    with pytest.raises(BadSetting, match=r"^unknown setting RAG_TPO_K; known are RAG_HOST, RAG_PORT, .*RAG_READ_ONLY$"):
        read({"RAG_TPO_K": "8"}, None)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("RAG_PORT", "http", "a whole number from 0 to 65535"),
        ("RAG_PORT", "65536", "a whole number from 0 to 65535"),
        ("RAG_PORT", "-1", "a whole number from 0 to 65535"),
        ("RAG_HOST", "a b", "an address or a host name"),
        ("RAG_DATA", "~nobody-of-this-name/data", "a folder"),
        ("RAG_LLM_SECONDS", "0", "seconds, at least 1"),
        ("RAG_ALLOW_URLS", "maybe", "yes or no"),
        ("RAG_READ_ONLY", "2", "yes or no"),
    ],
)
def test_a_bad_value_stops_with_name_value_and_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(BadSetting) as stopped:
        read({name: value}, None)
    assert str(stopped.value) == f"{name}={value!r} is not allowed; it must be {allowed}"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read({"RAG_PORT": "", "RAG_LLM": " "}, None) == Settings()


def test_an_empty_variable_does_not_switch_off_what_the_file_sets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAG_API_KEYS=secret-of-many-letters\nRAG_READ_ONLY=yes\n", encoding="utf-8")
    settings = read({"RAG_API_KEYS": "", "RAG_READ_ONLY": ""}, tmp_path / ".env")
    assert (bool(settings.api_keys), settings.read_only) == (True, True)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf8_is_named_with_what_to_do(encoding: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# caf\xe9\nRAG_PORT=8000\n", encoding=encoding)
    with pytest.raises(BadSetting, match="save it as UTF-8"):
        read({}, tmp_path / ".env")


@pytest.mark.parametrize("line", ["RAG_API_KEYS='secret-half-quoted", "RAG_READ_ONLY", "RAG_READ_ONLY: yes"])
def test_a_line_of_the_file_that_would_set_nothing_stops_with_its_number_and_not_its_secret(line: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"# RAG_PORT 1\nsomething of others\n{line}\n", encoding="utf-8")
    with pytest.raises(BadSetting, match=r"^line 3 of .*NAME=value") as stopped:
        read({}, tmp_path / ".env")
    assert "secret" not in str(stopped.value)


def test_a_folder_of_that_name_is_no_file_of_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert read({}, tmp_path / ".env") == Settings()


def test_lines_of_the_file_are_read_and_variables_win(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nRAG_PORT=8001\nRAG_DATA=there\nOPENAI_API_KEY=${RAG_PORT}\n", encoding="utf-8")
    settings = read({"RAG_PORT": "8002"}, file)
    assert (settings.port, settings.data) == (8002, Path("there"))


def test_a_file_with_an_unknown_setting_stops_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAG_PROT=1\n", encoding="utf-8")
    with pytest.raises(BadSetting, match="unknown setting RAG_PROT"):
        read({}, tmp_path / ".env")


def test_settings_do_not_change_and_each_says_in_one_sentence_what_it_is_for() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that it cannot be written is what is tested
    assert len(KNOWN) == len(fields(Settings))
    for about in KNOWN.values():
        assert about.help.endswith(".")
        assert about.help.count(".") == 1

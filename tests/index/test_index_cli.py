"""The command line: exit statuses, data on stdout, everything else on stderr, and never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index import __main__ as cli
from index.library import FILE, Library
from tests.fakes import WordCountEmbedder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("bridge", "tram", "harbour"):
        (folder / f"{name}.txt").write_text(f"The {name} is old. Nobody knows the {name} better.", encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command in this process with the word-count embedder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, embedder: WordCountEmbedder | None = None) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments], embedder or WordCountEmbedder())
        return status, *capsys.readouterr()

    return run


def test_what_was_added_is_listed_shown_found_and_removed(run, texts):
    assert run("add", texts)[:2] == (0, "3 added, 0 updated, 0 unchanged, 0 refused\n")
    assert run("add", texts)[:2] == (0, "0 added, 0 updated, 3 unchanged, 0 refused\n")
    status, listed, _ = run("list", "--json")
    ids = [article["id"] for article in json.loads(listed)]
    assert (status, len(ids)) == (0, 3)
    assert "The bridge is old." in run("show", ids[0])[1]
    hits = json.loads(run("search", "who", "knows", "the", "tram", "--json")[1])
    assert hits[0]["text"] == "The tram is old. Nobody knows the tram better."
    assert run("remove", ids[0])[:2] == (0, "1 removed\n")
    assert run("show", ids[0])[0] == 1
    assert "2 articles" in run("verify")[1]


def test_a_part_that_fails_is_named_with_the_reason_and_gives_7(run, texts):
    (texts / "broken.txt").write_bytes(b"")
    status, out, err = run("add", texts, texts / "nowhere.txt", "https://example.org/a")
    assert (status, out) == (7, "3 added, 0 updated, 0 unchanged, 3 refused\n")
    lines = err.splitlines()
    assert len([line for line in lines if line.startswith("refused: ")]) == 3
    assert any("broken.txt" in line for line in lines)
    assert any("nowhere.txt" in line for line in lines)
    assert any("https://example.org/a" in line for line in lines)


def test_json_is_one_document_with_a_result_for_every_file(run, texts):
    document = json.loads(run("add", texts, "--json")[1])
    assert document["added"] == 3
    assert {result["outcome"] for result in document["results"]} == {"added"}


@pytest.mark.parametrize("command", [["list"], ["show", "x"], ["search", "x"], ["remove", "x"], ["verify"], ["rebuild"]])
def test_a_missing_library_gives_1_and_the_next_step(run, command):
    status, out, err = run(*command)
    assert (status, out) == (1, "")
    assert "python -m index add" in err


@pytest.mark.parametrize("data", [".", "below/..", "../{name}"])
def test_a_data_folder_is_called_by_its_own_name_however_it_is_written(run, tmp_path, data):
    (tmp_path / "below").mkdir()
    _, _, err = run("list", "--data", data.format(name=tmp_path.name))
    assert f"there is no library in {tmp_path.name}/\n" in err


def test_a_library_built_with_something_else_gives_5_until_it_is_rebuilt(run, texts):
    run("add", texts)
    other = WordCountEmbedder(32, "other")
    status, _, err = run("search", "tram", embedder=other)
    assert status == 5
    assert "word-counts@1" in err
    assert "other" in err
    assert "python -m index rebuild" in err
    assert run("rebuild", embedder=other)[:2] == (0, "3 articles rebuilt\n")
    assert "tram" in run("search", "tram", embedder=other)[1]


def test_a_damaged_library_gives_6_and_rebuild_saves_what_is_whole(run, texts, tmp_path):
    run("add", texts)
    before = json.loads(run("search", "old", "bridge", "--json")[1])
    file = tmp_path / "data" / FILE
    content = bytearray(file.read_bytes())
    place = content.rindex(b"The tram is old.")
    content[place] ^= 1
    file.write_bytes(content)
    for command in (["list"], ["search", "tram"], ["verify"], ["add", texts]):
        status, out, err = run(*command)
        assert status == 6
        assert FILE in err
        assert "python -m index rebuild" in err
    status, out, err = run("rebuild")
    assert (status, out) == (7, "2 articles rebuilt\n")
    assert "lost: tram" in err
    assert f"{FILE}.damaged-1" in err
    assert (tmp_path / "data" / f"{FILE}.damaged-1").read_bytes() == content
    assert run("verify")[0] == 0
    assert run("add", texts)[:2] == (0, "1 added, 0 updated, 2 unchanged, 0 refused\n")
    after = json.loads(run("search", "old", "bridge", "--json")[1])
    assert after[0]["text"] == before[0]["text"]


def test_a_path_that_the_system_refuses_is_named_and_the_others_go_in(run, texts):
    (texts / "astray.txt").symlink_to("x" * 300)
    status, out, err = run("add", texts, "y" * 300)
    assert (status, out) == (7, "3 added, 0 updated, 0 unchanged, 2 refused\n")
    assert err.count("File name too long") == 2


def test_a_folder_that_cannot_be_looked_into_is_named_and_the_others_go_in(run, texts):
    os.chdir(texts)
    for _ in range(20):  # until the path to the folder is longer than the system takes: closed to root, too
        Path("x" * 250).mkdir()
        os.chdir("x" * 250)
    Path("below.txt").write_text("The ferry is old.", encoding="utf-8")
    os.chdir(texts.parent)
    status, out, err = run("add", texts)
    shutil.rmtree(texts)  # or whoever looks at all folders of these tests would stumble over it
    assert (status, out) == (7, "3 added, 0 updated, 0 unchanged, 1 refused\n")
    assert err.count("File name too long") == 1
    assert err.startswith(f"refused: {texts}/xxx")


@pytest.mark.parametrize("data", ["file", "file/below", "/proc/nowhere/data", "x" * 300, "loop"])
def test_a_data_folder_that_cannot_be_is_named_without_a_traceback(run, texts, tmp_path, data):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    status, _, err = run("add", texts, "--data", data)
    assert status == 1
    assert "another folder" in err


def test_a_locked_library_gives_4_and_names_the_holder(run, texts, tmp_path):
    run("add", texts)
    with Library.open(tmp_path / "data", command="python app.py") as library, library.writing():
        for command in (["add", texts], ["remove", "x"], ["rebuild"]):
            status, _, err = run(*command)
            assert status == 4
            assert f"process {os.getpid()} (python app.py, since 20" in err
        assert run("list")[0] == 0


def test_an_interruption_keeps_what_was_done_and_says_so(run, texts, monkeypatch):
    embedder = WordCountEmbedder()

    def interrupted(_):
        raise KeyboardInterrupt

    run("add", texts / "tram.txt")
    monkeypatch.setattr(embedder, "vectors", interrupted)
    status, out, err = run("add", texts, embedder=embedder)
    assert status == 130
    assert "0 added" in out
    assert "interrupted" in err
    assert run("verify")[0] == 0
    assert len(json.loads(run("list", "--json")[1])) == 1


def test_a_setting_that_is_wrong_gives_2(run, monkeypatch):
    monkeypatch.setenv("RAG_DTA", "x")
    status, _, err = run("list")
    assert status == 2
    assert "RAG_DTA" in err


def test_a_library_that_is_read_only_gives_1_and_stays_as_it_is(run, texts, monkeypatch):
    run("add", texts / "tram.txt")
    monkeypatch.setenv("RAG_READ_ONLY", "yes")
    for command in (["add", texts], ["remove", "x"], ["rebuild"]):
        status, out, err = run(*command)
        assert (status, out) == (1, "")
        assert "RAG_READ_ONLY" in err
    assert len(json.loads(run("list", "--json")[1])) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["add"],
        ["search", "x", "--since", "soon"],
        ["search", "x", "--as-of", "2024-2-3"],
        ["search", "x", "-k", "0"],
        ["search", "x", "-k", "9" * 20],
        ["add", ""],
        ["watch", ""],
        ["list", "--data", ""],
    ],
)
def test_wrong_usage_gives_2(run, arguments):
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2


def test_the_real_command_needs_no_model_to_list(tmp_path, texts):
    with Library.open(tmp_path / "data", fingerprint="x", create=True):
        pass
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "index", "list", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "faiss", "sentence_transformers", "transformers"}


def test_output_that_nobody_reads_to_the_end_is_no_error(tmp_path, texts):
    with Library.open(tmp_path / "data", fingerprint="x", create=True):
        pass
    piped = f"{sys.executable} -m index list --data {tmp_path / 'data'} | true"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert "Traceback" not in done.stderr


def test_an_article_named_twice_is_removed_once_and_one_that_is_no_text_is_missing(run, texts):
    run("add", texts)
    first = json.loads(run("list", "--json")[1])[0]["id"]
    assert run("remove", first, first)[:2] == (0, "1 removed\n")
    status, _, said = run("remove", "\udcff")
    assert status == 1
    assert "no article" in said


def test_a_search_for_no_word_is_a_usage_error(run, texts):
    run("add", texts)
    assert run("search", "?!")[0] == 2

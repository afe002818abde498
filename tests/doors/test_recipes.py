"""The recipes of docs/integrations.md, run as they are printed, against a server that runs as people run it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HERE = "http://127.0.0.1:7860"
CODE = [(kind, code) for kind, code in BLOCKS if kind in {"python", "sh"}]


def test_each_kind_of_recipe_is_there_and_is_what_it_says() -> None:
    assert [kind for kind, _ in BLOCKS] == [
        "sh",
        "sh",
        "python",
        "python",
        "python",
        "python",
        "ini",
        "json",
        "python",
        "python",
    ]
    for kind, code in BLOCKS:
        if kind == "python":
            compile(code, "docs/integrations.md", "exec")
    (settings,) = [json.loads(code) for kind, code in BLOCKS if kind == "json"]
    assert settings["mcpServers"]["footnote"]["args"] == ["-m", "web.mcp"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "code"), CODE, ids=range(len(CODE)))
def test_a_recipe_gives_the_answer_with_its_citation(real_url: str, environment: dict[str, str], kind: str, code: str) -> None:
    code = code.replace(HERE, real_url).replace('Path("data")', f"Path({environment['RAG_DATA']!r})")
    command = ["bash", "-euc", code] if kind == "sh" else [sys.executable, "-c", code]
    local = {"NO_PROXY": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False"}
    done = subprocess.run(
        command, check=False, cwd=ROOT, env={**os.environ, **environment, **local}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Hayat Tahrir al-Sham" in done.stdout

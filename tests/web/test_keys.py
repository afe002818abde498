"""Keys as they are written in the settings, and what each role may do."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import Depends, FastAPI

from tests.web.conftest import serving
from tests.web.test_api import error_of
from web.keys import NO_KEYS, BadKey, Key, Keys, requires_editor
from web.problems import add_error_handlers
from web.shield import Shield


def test_a_secret_alone_is_an_editor_and_a_role_is_what_it_says() -> None:
    keys = Keys.parse(["plain", "ann:reader:se:cret", "bob:editor:s"], is_local=False)
    assert keys.keys == [Key("key 1", "editor", "plain"), Key("ann", "reader", "se:cret"), Key("bob", "editor", "s")]


@pytest.mark.parametrize("text", ["ann:edtor:s3cret", "ann:s3cret", ":reader:s3cret", "ann:reader:", "ann:Reader:s3cret"])
def test_a_key_that_is_not_written_as_one_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(BadKey) as refused:
        Keys.parse(["first", text], is_local=False)
    assert "key 2 of RAG_API_KEYS" in str(refused.value)
    assert "NAME:reader:SECRET" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_key_does_not_show_its_secret() -> None:
    assert "s3cret" not in repr(Keys([Key("ann", "reader", "s3cret")]))


def guarded(keys: Keys) -> Shield:
    app = FastAPI()
    add_error_handlers(app)

    @app.post("/change", dependencies=[Depends(requires_editor)])
    async def change() -> str:
        return "changed"

    return Shield(app, keys=keys)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(guarded(Keys([Key("ann", "reader", "read"), Key("bob", "editor", "edit")]))) as url:
        yield url


def changing(url: str, key: str) -> httpx.Response:
    return httpx.post(f"{url}/change", headers={"authorization": f"Bearer {key}"}, trust_env=False)


def test_only_an_editors_key_changes_anything(url: str) -> None:
    assert changing(url, "edit").status_code == 200
    assert changing(url, "other").status_code == 401
    refused = changing(url, "read")
    assert refused.status_code == 403
    assert error_of(refused)["code"] == "editor_needed"


def test_without_keys_a_local_server_may_be_changed_and_one_that_others_reach_may_not() -> None:
    for keys, status in ((NO_KEYS, 200), (Keys.parse([], is_local=True), 200), (Keys.parse([], is_local=False), 403)):
        with serving(guarded(keys)) as url:
            assert httpx.post(f"{url}/change", trust_env=False).status_code == status

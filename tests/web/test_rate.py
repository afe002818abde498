"""How many requests a client may send in a minute, and who counts as one client."""

import httpx
import pytest

from tests.web.conftest import clients_of, services
from tests.web.test_api import QUESTION, error_of
from web import rate
from web.gate import Gate
from web.keys import Key, Keys
from web.problems import Problem
from web.rate import RateLimit, household


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_may_come_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    limit = RateLimit(60, clock)
    for _ in range(60):
        limit.check("ann")
    with pytest.raises(Problem) as refused:
        limit.check("ann")
    assert refused.value.status == 429
    assert refused.value.headers["Retry-After"] == "1"
    limit.check("bob")
    clock.now += 1
    limit.check("ann")
    with pytest.raises(Problem):
        limit.check("ann")
    clock.now += 1000
    for _ in range(60):
        limit.check("ann")


def test_what_was_refused_is_not_counted() -> None:
    clock = Clock()
    limit = RateLimit(1, clock)
    limit.check("ann")
    for _ in range(100):
        with pytest.raises(Problem):
            limit.check("ann")
    clock.now += 60
    limit.check("ann")


def test_the_clients_that_are_remembered_are_bounded_and_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "_MOST_CLIENTS", 3)
    limit = RateLimit(1, Clock())
    for client in "abcd":
        limit.check(client)
    assert list(limit._full_at) == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),
    ],
)
def test_half_an_address_of_ipv6_is_one_client(one: str, other: str, same: bool) -> None:
    assert (household(one) == household(other)) == same


def test_every_door_says_it_in_its_own_shape_and_files_are_not_counted() -> None:
    gate = Gate()
    gate.open(services())
    with clients_of(gate, rate=RateLimit(2)) as client:
        for _ in range(2):
            assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200
        for path in ("/v1/ask", "/v1/chat/completions", "/mcp", "/gradio_api/queue/join"):
            refused = client.post(path, json={})
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) >= 1
        assert client.post("/v1/chat/completions", json={}).json()["error"]["type"] == "rate_limit_error"
        assert client.post("/mcp", json={}).json()["jsonrpc"] == "2.0"
        assert "detail" in client.post("/gradio_api/queue/join", json={}).json()
        assert client.get("/page/page.js").status_code == client.get("/healthz").status_code == 200


def test_who_guesses_keys_is_slowed_down_and_who_has_one_is_not() -> None:
    gate = Gate()
    gate.open(services())
    with clients_of(gate, rate=RateLimit(3), keys=Keys([Key("ann", "reader", "right")])) as client:

        def asked(key: str) -> httpx.Response:
            return client.get("/v1/articles", headers={"authorization": f"Bearer {key}"})

        assert [asked(f"guess {number}").status_code for number in range(5)] == [401, 401, 401, 429, 429]
        assert asked("right").status_code == 200


def test_with_keys_each_key_is_a_client() -> None:
    gate = Gate()
    gate.open(services())
    with clients_of(gate, rate=RateLimit(1), keys=Keys([Key("ann", "reader", "a"), Key("bob", "reader", "b")])) as client:

        def asked(key: str) -> httpx.Response:
            return client.get("/v1/articles", headers={"authorization": f"Bearer {key}"})

        assert asked("a").status_code == 200
        assert error_of(asked("a"))["code"] == "too_many_requests"
        assert asked("b").status_code == 200

from ipaddress import ip_address, ip_network

import pytest

from index.addresses import allowed_addresses, is_allowed, target
from index.errors import AddressFailed, AddressRefused

HOSTS = """
127.0.0.1 127.0.0.2 127.255.255.255 127.1 127.0.1 0 0.0.0.0 0.1.2.3 1 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255
100.100.100.200 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
168.63.129.16 2130706433 017700000001 0x7f000001 0x7F.0.0.1 0x7f.1 0177.0.0.1 0177.1 127.0.0.01 00127.0.0.1 0300.0250.0.1
3232235521 0xc0a80001 0xa9fea9fe 2852039166 169.254.43518 1.2.3 1.2.3.4.5 256.256.256.256 999.1 0x 127.0.0.1. localhost.
[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::127.0.0.1] [::7f00:1]
[0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [64:ff9b::127.0.0.1] [64:ff9b::a00:1] [64:ff9b:1::1]
[2002:7f00:1::] [2002:a00:1::1] [2002:c0a8:1::] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:db8::1] [2001:2::1]
[2001:10::1] [3fff::1] [5f00::1] [fc00::1] [fd00::1] [fd00:ec2::254] [fe80::1] [fe80::1%25eth0] [fe80::1%eth0] [fec0::1]
[ff02::1] [ff0e::1] [100::1] [::ffff:0:127.0.0.1] [4000::1] [2620:4f:8000::1]
localhost LOCALHOST LocalHost localhost.localdomain foo.localhost a.b.localhost ip6-localhost printer router metadata
metadata.google.internal instance-data.ec2.internal db.internal nas.local host.lan fritz.box.home wiki.corp
1.0.0.127.in-addr.arpa home.arpa x.onion intranet １２７.０.０.１ 127。0。0。1 ①②⑦.⓪.⓪.① ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ｌｏｃａｌｈｏｓｔ
loc\u00adalhost local\u200bhost 127.0.0.1\u3002
%31%32%37.0.0.1 127%2e0%2e0%2e1 localhost%00.example.com a..example.com .example.com -bad.example.com exa$mple.com
"""
FORBIDDEN_URLS = [
    *(f"http://{host}/" for host in HOSTS.split()),
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com:70/_x",
    "data:text/html,hello",
    "javascript:alert(1)",
    "ws://example.com/",
    "//example.com/",
    "example.com",
    "",
    "http://",
    "http:///path",
    "http:example.com",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://example.com:22/",
    "http://example.com:8080/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com:80:80/",
    "http://example.com:x/",
    "http://exam\nple.com/",
    "http://exam\tple.com/",
    " http://example.com/",
    "http://example.com /",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http://example.com/\r\nHost: internal",
    "http://example.com/\x00",
    "http://[::1",
    "http://::1/",
    "http://[example.com]/",
    "http://[v1.fe80::a]/",
    "http://\u202eexample.com/",
    "http://example.com/" + "a" * 3000,
    "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 130 + "com/",
    "http://\udcff.com/",
]


def test_there_are_at_least_120_forbidden_addresses() -> None:
    assert len(set(FORBIDDEN_URLS)) >= 120


@pytest.mark.parametrize("url", FORBIDDEN_URLS, ids=ascii)
def test_a_forbidden_address_is_refused_before_any_name_is_resolved(url: str) -> None:
    with pytest.raises(AddressRefused):
        target(url, ports=(80, 443))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://example.com", "http://example.com/"),
        ("https://Example.COM:443/a/b?q=1&r=2#part", "https://example.com/a/b?q=1&r=2"),
        ("https://bücher.example.org/ä?ö=ü", "https://xn--bcher-kva.example.org/%C3%A4?%C3%B6=%C3%BC"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700::1111]/x", "http://[2606:4700::1111]/x"),
        ("http://news.example.com/100%25/a%20b", "http://news.example.com/100%25/a%20b"),
        ("http://under_score.example.com/", "http://under_score.example.com/"),
    ],
)
def test_a_public_address_is_asked_in_its_ascii_form(url: str, asked: str) -> None:
    assert target(url, ports=(80, 443)).url == asked


def test_other_ports_and_networks_are_allowed_only_when_named() -> None:
    own = ip_network("10.1.0.0/16")
    assert target("http://10.1.2.3:8080/", ports=(8080,), networks=(own,)).netloc == "10.1.2.3:8080"
    assert target("http://wiki/", ports=(80,), networks=(own,)).host == "wiki"
    with pytest.raises(AddressRefused):
        target("http://10.2.2.3:8080/", ports=(8080,), networks=(own,))


def test_one_private_address_behind_a_name_refuses_it() -> None:
    assert allowed_addresses(["8.8.8.8", "2606:4700::1111"]) == [ip_address("8.8.8.8"), ip_address("2606:4700::1111")]
    with pytest.raises(AddressRefused):
        allowed_addresses(["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressFailed):
        allowed_addresses([])


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "11.0.0.1", "2a00::1"]
)
def test_addresses_next_to_the_special_ranges_are_public(address: str) -> None:
    assert is_allowed(ip_address(address))

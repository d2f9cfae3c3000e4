"""Which proxy the environment names, and what is shown of it."""

from __future__ import annotations

import base64

import pytest

from fallback.proxy import Proxy, proxy_for

URL = "https://generativelanguage.googleapis.com"
PROXY = {"HTTPS_PROXY": "http://proxy.example:3128"}


def test_without_variables_there_is_none() -> None:
    assert proxy_for(URL, {}) is None


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTPS_PROXY": "http://proxy.example:3128"},
        {"https_proxy": "proxy.example:3128", "HTTPS_PROXY": "http://other.example"},
        {"ALL_PROXY": "http://proxy.example:3128/"},
        {"HTTPS_PROXY": "http://proxy.example:3128", "HTTP_PROXY": "x", "ALL_PROXY": "x"},
    ],
)
def test_the_variable_of_the_scheme_comes_first(environ: dict[str, str]) -> None:
    assert proxy_for(URL, environ) == Proxy(host="proxy.example", port=3128)


def test_a_proxy_s_name_may_have_letters_beyond_ascii() -> None:
    environ = {"HTTPS_PROXY": "http://bücher.example:3128"}

    assert proxy_for(URL, environ) == Proxy(host="bücher.example", port=3128)


def test_a_proxy_for_https_is_none_for_http() -> None:
    assert proxy_for("http://127.0.0.1:8080", PROXY) is None


@pytest.mark.parametrize(
    ("hosts", "is_named"),
    [
        ("*", True),
        ("generativelanguage.googleapis.com", True),
        ("localhost, .googleapis.com", True),
        ("GoogleAPIs.com", True),
        ("apis.com", False),
        ("generativelanguage.googleapis.com.example", False),
        ("", False),
        (",", False),
    ],
)
def test_hosts_can_be_excepted(hosts: str, is_named: bool) -> None:
    assert (proxy_for(URL, PROXY | {"NO_PROXY": hosts}) is None) is is_named


def test_credentials_are_sent_and_not_shown() -> None:
    proxy = proxy_for(URL, {"HTTPS_PROXY": "http://user:p%40ss@proxy.example"})

    assert proxy is not None
    sent = proxy.headers()["Proxy-Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"user:p@ss"
    assert "user" not in repr(proxy)
    assert sent not in repr(proxy)


@pytest.mark.parametrize(
    "address",
    [
        "socks5://u:secret@proxy.example",
        "http://u:secret@",
        "http://u:secret@x:port",
        "http://u:secret@x:99999",
        "http://u:secret@x:0",
        "http://u:secret@x..y",
        "http://u:secret@bücher..y",
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_value(address: str) -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY: must be a URL") as caught:
        proxy_for(URL, {"HTTPS_PROXY": address})

    assert "secret" not in str(caught.value)

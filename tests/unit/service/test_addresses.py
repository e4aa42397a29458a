"""Addresses of a database and of a mail server, as an operator may write them."""

from __future__ import annotations

import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.service import _stores
from influencr.service._addresses import Database, Mail, database, mail
from influencr.service._environment import read


def test_nothing_said_is_nothing_set():
    assert database(" ") is None
    assert mail("", "post@search.example") is None


def test_a_database_is_read_with_what_had_to_be_escaped():
    found = database("postgresql://service:p%40ss%2Fword@db.example:6432/influencr")
    assert found == Database("influencr", "service", "p@ss/word", "db.example", 6432)
    assert database("postgres:///local") == Database("local", "", "", "", None)


@pytest.mark.parametrize(
    "address",
    ["mysql://h/d", "postgresql://host", "postgresql://u:hunter2@h/a/b", "postgresql://h:x/d", "x"],
)
def test_a_wrong_database_is_one_sentence_without_the_password(address: str):
    with pytest.raises(UsageError, match="INFLUENCR_DATABASE: the address") as told:
        database(address)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "port", "tls", "starttls"),
    [
        ("smtp://mx.example", 25, False, False),
        ("smtp://mx.example?starttls=on", 587, False, True),
        ("smtps://mx.example", 465, True, False),
        ("smtp://mx.example:2525?starttls=off", 2525, False, False),
    ],
)
def test_a_mail_server_has_the_port_that_is_usual(
    address: str, port: int, tls: bool, starttls: bool
):
    found = mail(address, "")
    assert found is not None
    assert (found.port, found.tls, found.starttls) == (port, tls, starttls)
    assert found.sender == "influencr@mx.example"


def test_who_signs_in_to_the_mail_server():
    found = mail("smtp://me%40x.example:s%3Aecret@mx.example", " post@search.example ")
    assert found == Mail(
        "mx.example", 25, "me@x.example", "s:ecret", False, False, "post@search.example"
    )


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("http://mx.example", ""),
        ("smtp://", ""),
        ("smtp://mx.example?tls=on", ""),
        ("smtp://mx.example?starttls=maybe", ""),
        ("smtp://mx.example", "post"),
        ("smtp://mx.example", "@x"),
        ("smtp://mx.example", "a b@x"),
    ],
)
def test_a_wrong_mail_server_is_one_sentence(address: str, sender: str):
    with pytest.raises(UsageError, match="INFLUENCR_MAIL"):
        mail(address, sender)


def test_the_environment_names_the_kind_of_billing():
    assert read({}).billing == "none"
    assert read({"INFLUENCR_BILLING": " Manual "}).billing == "manual"
    with pytest.raises(UnknownValue, match="INFLUENCR_BILLING: 'free'"):
        read({"INFLUENCR_BILLING": "free"})


def test_settings_of_the_database():
    named = _stores.database(None, Database("d", "u", "p", "h", 6432))
    assert (named["ENGINE"], named["PORT"]) == ("django.db.backends.postgresql", "6432")
    plain = _stores.database("/nowhere", None)
    assert plain["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_settings_of_the_mail():
    set_up = _stores.mail(mail("smtps://u:p@mx.example", "post@search.example"))
    options = set_up["MAILERS"]["default"]["OPTIONS"]
    assert (options["use_ssl"], options["use_tls"], options["port"]) == (True, False, 465)
    assert set_up["DEFAULT_FROM_EMAIL"] == "post@search.example"
    assert "dummy" in _stores.mail(None)["MAILERS"]["default"]["BACKEND"]

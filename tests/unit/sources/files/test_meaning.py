"""What columns and values mean, in the words that people's files use."""

import json
from datetime import UTC, datetime

import pytest

from influencr.errors import UsageError
from influencr.records import Policy
from influencr.sources.files import load_mapping

OLD = datetime(2020, 1, 2, tzinfo=UTC)


def test_names_are_folded(desk):
    text = "Follower_Count,USER NAME,bio-link,First Name,lastName,engagementRate\n"
    text += "12.3K,@Ana,https://a.example,Ana,Ruiz,1.65%\n"
    row = desk.text("instagram.csv", text).rows[0]
    assert row["profile_id"] == "instagram:@ana"
    assert row["display_name"] == "Ana Ruiz"
    assert row["links"] == ["https://a.example"]
    assert (row["followers"], row["engagement_rate_claimed"]) == (12_300, 0.0165)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["0.0165", "0.0097", "1.4014"], "fraction"),
        (["1.65", "0.97", "3.2"], "percent"),
        (["1.65%", "0.97 %", "3,2%"], "percent"),
        (["0.01", "", "-"], "fraction"),
    ],
)
def test_rates_are_decided_by_the_whole_column(desk, values, kind):
    text = "username,er\n" + "".join(f'u{i},"{v}"\n' for i, v in enumerate(values))
    imported = desk.text("tiktok.csv", text)
    assert imported.plan.rates == {"er": kind}
    assert any(note.startswith("er is read as a " + kind) for note in imported.plan.notes)
    first = imported.rows[0]["engagement_rate_claimed"]
    assert first == pytest.approx(0.0165 if "1.65" in values[0] or "165" in values[0] else 0.01)


@pytest.mark.parametrize(
    ("values", "month_of_first"),
    [(["03/04/2020", "16/11/2022"], 4), (["03/04/2020", "11/16/2022"], 3), (["03/04/2020"], 4)],
)
def test_date_order_is_decided_by_the_whole_column(desk, values, month_of_first):
    text = "username,created\n" + "".join(f"u{i},{v}\n" for i, v in enumerate(values))
    imported = desk.text("tiktok.csv", text)
    assert imported.rows[0]["account_created_at"].month == month_of_first
    assert len(imported.plan.notes) == 1


def test_hidden_counts_are_unknown_not_zero(desk):
    text = "username,followers,posts,verified\nana,hidden,-,\nbo,N/A,0,no\n"
    rows = desk.text("tiktok.csv", text).rows
    assert [(r["followers"], r["posts_count"], r["is_verified"]) for r in rows] == [
        (None, None, None),
        (None, 0, False),
    ]


def test_what_cannot_be_understood_beside_good_values_is_left_empty_and_counted(desk):
    text = "username,created_at,verified\nana,yesterday,maybe\nbo,2020-01-02,yes\n"
    imported = desk.text("tiktok.csv", text)
    assert imported.report.rows_kept == 2
    assert imported.rows[1]["account_created_at"] == OLD
    assert imported.report.notes == {
        "account_created_at: not a date; left empty": 1,
        "is_verified: not yes or no; left empty": 1,
    }


def test_html_and_control_characters_leave_texts(desk):
    rows = [
        {"username": "ana", "bio": "<p>Bread &amp; <b>butter</b></p><p>Lyon</p>"},
        {"username": "bo", "bio": "I <3 tea\x00 and \u202ecats"},
    ]
    text = "\n".join(json.dumps(r) for r in rows)
    bios = [r["bio_text"] for r in desk.text("tiktok.jsonl", text).rows]
    assert bios == ["Bread & butter\nLyon", "I <3 tea and cats"]


def test_topics_and_links_from_several_columns(desk):
    text = "username,category,niche,website,url\n"
    text += (
        'ana,"Food, Travel",travel;Food|Wine,a.example,"https://b.example, no link"\nbo,-,none,-,\n'
    )
    rows = desk.text("tiktok.csv", text).rows
    assert rows[0]["topics_declared"] == ["Food", "Travel", "travel", "Wine"]
    assert rows[0]["links"] == ["a.example", "https://b.example"]
    assert (rows[1]["topics_declared"], rows[1]["links"]) == (None, None)


def test_countries_in_a_region_column(desk):
    text = "username,region\nana,FR\nbo,ZA\n"
    assert desk.text("tiktok.csv", text).rows[0]["place_country"] == "FR"
    text = "username,region\nana,Bavaria\nbo,CA\n"
    assert desk.text("tiktok.csv", text).rows[0]["place_region"] == "Bavaria"


def test_sensitive_and_contact_columns(desk):
    text = "username,gender,age,email,phone\nana,f,33,ana@a.example,123\nbo,m,34,none,1\n"
    imported = desk.text("tiktok.csv", text)
    assert imported.plan.unused == {
        "gender": "not taken (sensitive)",
        "age": "not taken (sensitive)",
        "email": "not taken (contact)",
        "phone": "not taken (contact)",
    }
    assert "contact_email" not in imported.rows[0]
    rows = desk.text("tiktok.csv", text, contact_published=True).rows
    assert rows[0]["contact_email"] == "ana@a.example"
    assert Policy(rows[0]["policy"]) & Policy.CONTACT
    assert rows[1]["contact_email"] is None
    assert not Policy(rows[1]["policy"]) & Policy.CONTACT
    with pytest.raises(UsageError, match="never stored"):
        desk.text("tiktok.csv", text, mapping={"gender": "bio_text"})


def test_withheld_columns_do_not_leak_through_the_quarantine(desk):
    text = "username,email,followers\nana,ana@a.example,-1\nbo,bo@b.example\n"
    imported = desk.text("tiktok.csv", text)
    assert len(imported.quarantined) == 2
    assert "example" not in json.dumps(imported.quarantined)


def test_only_takes_the_rows_that_were_asked_for(desk):
    text = "username,label\nana,genuine\nbo,bot\n"
    imported = desk.text("tiktok.csv", text, only={"Label": "Genuine"})
    assert [r["handle"] for r in imported.rows] == ["ana"]
    assert imported.report.rows_left_out == 1


def test_mapping_overrides_and_can_be_saved(desk):
    text = "username,Country,notes\nana,Spain,x\n"
    saved = desk.write("mapping.json", '{"Country": "audience_country_claimed", "notes": null}')
    imported = desk.text("tiktok.csv", text, mapping=load_mapping(saved))
    assert imported.rows[0]["audience_country_claimed"] == "Spain"
    assert imported.plan.unused == {"notes": "left out by the mapping"}
    again = desk.text("tiktok.csv", text, mapping=imported.plan.mapping)
    assert again.plan.mapping == imported.plan.mapping
    with pytest.raises(UsageError, match="JSON object"):
        load_mapping(desk.write("bad.json", "[1]"))


def test_provenance(desk):
    imported = desk.text(
        "tiktok.csv",
        "username,crawled_at\nana,2015-05-02 06:41:46\nbo,\n",
        licence="dataset:CC-BY-4.0",
        lawful_basis="consent",
        observed_at=OLD,
    )
    first, second = imported.rows
    assert first["fetched_at"] == datetime(2015, 5, 2, 6, 41, 46, tzinfo=UTC)
    assert second["fetched_at"] == OLD
    assert second["source"] == "import:tiktok.csv"
    assert (second["licence"], second["lawful_basis"]) == ("dataset:CC-BY-4.0", "consent")
    assert second["fetch_method"] == "import"


def test_without_an_observation_time_the_file_says_when(desk):
    path = desk.write("tiktok.csv", "username\nana\n")
    row = desk.take(path).rows[0]
    assert row["fetched_at"] == datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def test_rows_may_name_their_own_network(desk):
    text = "handle,platform\nana,Instagram\nbo,X\ncy,Tik Tok\ndee,LinkedIn\neli,??\nfay,\n"
    imported = desk.text("l.csv", text)
    assert [r["profile_id"] for r in imported.rows] == [
        "instagram:@ana",
        "twitter:@bo",
        "tiktok:@cy",
        "linkedin:@dee",
    ]
    assert [q["reason"] for q in imported.quarantined] == [
        "platform: not the name of a network",
        "platform: no network in this row",
    ]


@pytest.mark.parametrize(
    ("name", "header", "row", "platform"),
    [
        ("tiktok_creators.csv", "username", "ana", "tiktok"),
        ("instagram_2022_dec.csv", "AccountName", "ana", "instagram"),
        ("youtube-tech-videos/videos.csv", "handle", "ana", "youtube"),
        ("l.csv", "handle", "ana.bsky.social", "bluesky"),
        ("l.csv", "did", "did:plc:abc", "bluesky"),
        ("l.csv", "screen_name,friends_count", "ana,5", "twitter"),
        ("l.csv", "Mastodon profile", "https://floss.social/@ana", "mastodon"),
        ("l.csv", "handle", "@ana@floss.social", "mastodon"),
        ("l.csv", "Profile.URL", "https://www.instagram.com/ana/", "instagram"),
        ("l.csv", "channelID", "UC-1LknHyrjHLbFvfzuykYGQ", "youtube"),
        ("l.csv", "username,tiktok_videos", "ana,5", "tiktok"),
    ],
)
def test_the_network_is_told(desk, name, header, row, platform):
    imported = desk.text(name, f"{header}\n{row}\n")
    assert imported.plan.platform == platform
    assert imported.rows[0]["platform"] == platform
    assert imported.plan.platform_reason


def test_two_networks_in_one_name_are_no_hint(desk):
    with pytest.raises(UsageError, match="--platform"):
        desk.text("instagram_and_tiktok.csv", "username\nana\n")


def test_an_id_that_numbers_the_rows_is_no_native_id(desk):
    text = "id,username\n" + "".join(f"{i},u{i}\n" for i in range(1, 6))
    imported = desk.text("linkedin.csv", text, platform="linkedin")
    assert imported.rows[0]["profile_id"] == "linkedin:@u1"
    assert "numbers the rows" in imported.plan.unused["id"]
    imported = desk.text("l.csv", "id,handle\nana,ana\n", platform="instagram")
    assert imported.rows[0]["profile_id"] == "instagram:@ana"


def test_means_beside_each_other_and_a_total_alone(desk):
    row = desk.text("tiktok.csv", "username,likes,comments,views\nana,3.5M,2K,1\n").rows[0]
    assert (row["mean_likes"], row["mean_comments"], row["mean_views"]) == (3_500_000, 2000, 1)
    row = desk.text("tiktok.csv", "username,likes\nana,57900\n").rows[0]
    assert row["likes_received"] == 57_900


def test_shares_that_are_computed(desk):
    text = "username,AuthenticEngagement,EngagementAverage\nana,17.8M,23.4M\nbo,5,0\ncy,9,3\n"
    imported = desk.text("instagram.csv", text)
    shares = [r["authentic_share_claimed"] for r in imported.rows]
    assert shares == [pytest.approx(17.8 / 23.4), None, None]
    text = "username,fake followers %\nana,12.5\n"
    row = desk.text("instagram.csv", text).rows[0]
    assert row["authentic_share_claimed"] == pytest.approx(0.875)


def test_cadence_from_seconds_and_months(desk):
    text = "handle,average_post_interval\nana,302400\nbo,0.5\n"
    rows = desk.text("l.csv", text, platform="bluesky").rows
    assert [r["posts_per_week_claimed"] for r in rows] == [2.0, None]
    row = desk.text("l.csv", "handle,posts_per_month\nana,10\n", platform="bluesky").rows[0]
    assert row["posts_per_week_claimed"] == pytest.approx(10 * 12 / 365.2425 * 7)


def test_posts_with_their_channels(desk):
    text = "video_id,title,description,view_count,like_count,comment_count,channel_id,"
    text += "channel_title,subscriber_count\n"
    channel = "UC-1LknHyrjHLbFvfzuykYGQ"
    text += f"v1,One,first,10,2,1,{channel},Ana,1.2K\nv2,Two,,20,4,0,{channel},Ana,1300\n"
    imported = desk.text("videos.csv", text)
    assert imported.plan.kind == "posts"
    assert imported.report.tables == {"posts": 2, "profiles": 1}
    assert [r["text"] for r in imported.rows] == ["One\nfirst", "Two"]
    assert imported.rows[0]["profile_id"] == f"youtube:{channel}"
    assert imported.tables["profiles"]["followers"].to_list() == [1200]


def test_posts_of_the_contract(desk):
    text = "post_id,profile,created_at,text,likes,replies,reposts,views,reply_to,kind\n"
    text += "p1,@ana,2020-01-02,hi #x,1,2,3,4,p0,Tweet\nnot an id,@ana,,,,,,,,\n,ana,,,,,,,,\n"
    imported = desk.text("l.csv", text, platform="tiktok")
    row = imported.rows[0]
    assert (row["post_id"], row["profile_id"], row["reply_to"]) == (
        "tiktok:p1",
        "tiktok:@ana",
        "tiktok:p0",
    )
    assert (row["kind"], row["created_at"]) == ("post", OLD)
    assert [q["reason"] for q in imported.quarantined] == [
        "post_id: holds white space",
        "post_id: missing",
    ]


def test_at_protocol_addresses_name_the_author(desk):
    text = "uri,text,like_count\nat://did:plc:ana/app.bsky.feed.post/1,hi,3\n"
    row = desk.text("l.csv", text).rows[0]
    assert row["profile_id"] == "bluesky:did:plc:ana"
    assert row["post_id"] == "bluesky:at://did:plc:ana/app.bsky.feed.post/1"


def test_follows_of_the_contract(desk):
    text = "follower,followed,followed_at,via\ndid:plc:a,did:plc:b,1577923200,\n"
    text += "ana.bsky.social,did:plc:b,,at://x/pack\ndid:plc:a,did:plc:a,,\ndid:plc:a,,,\n"
    imported = desk.text("l.csv", text)
    assert imported.plan.kind == "follows"
    rows = [
        (r["follower_id"], r["followed_id"], r["followed_at"], r["via_id"]) for r in imported.rows
    ]
    assert rows == [
        ("bluesky:did:plc:a", "bluesky:did:plc:b", OLD, None),
        ("bluesky:@ana.bsky.social", "bluesky:did:plc:b", None, "bluesky:at://x/pack"),
    ]
    assert [q["reason"] for q in imported.quarantined] == [
        "followed_id: the same as follower_id",
        "followed_id: missing",
    ]


def test_engagements_of_the_contract(desk):
    text = "actor,post_id,kind,at\nana,p1,Like,2020-01-02\nbo,p1,retweet,\ncy,p1,stare,\n"
    imported = desk.text("l.csv", text, platform="tiktok")
    assert imported.plan.kind == "engagements"
    assert [(r["actor_id"], r["kind"], r["at"]) for r in imported.rows] == [
        ("tiktok:@ana", "like", OLD),
        ("tiktok:@bo", "repost", None),
    ]
    assert "not like" in imported.quarantined[0]["reason"]


def test_packs_of_the_contract(desk):
    text = "pack_id,name,description,member,added_at\nk1,Bakers,of Lyon,@ana,2020-01-02\n"
    imported = desk.text("l.csv", text, platform="bluesky")
    assert imported.plan.kind == "packs"
    row = imported.rows[0]
    assert (row["pack_id"], row["member_id"], row["added_at"]) == (
        "bluesky:k1",
        "bluesky:@ana",
        OLD,
    )
    assert (row["name"], row["description"]) == ("Bakers", "of Lyon")


def test_mastodon_accounts_get_their_host(desk):
    record = {
        "id": "13179",
        "acct": "ana",
        "uri": "https://floss.social/users/ana",
        "url": "https://floss.social/@ana",
        "note": "<p>hi</p>",
        "discoverable": True,
        "indexable": None,
    }
    row = desk.text("l.jsonl", json.dumps(record)).rows[0]
    assert row["profile_id"] == "mastodon:https://floss.social/users/ana"
    assert row["handle"] == "ana@floss.social"
    assert (row["bio_text"], row["discoverable"], row["indexable"]) == ("hi", True, None)


def test_our_own_references_are_understood(desk):
    text = "profile_id,followers\ntiktok:6581,5\ntiktok:@ana,6\n"
    imported = desk.text("l.csv", text)
    assert [r["profile_id"] for r in imported.rows] == ["tiktok:6581", "tiktok:@ana"]


def test_the_plan_can_be_read(desk):
    text = "username,followers,gender,shoe size\nana,12.3K,f,38\n"
    page = str(desk.text("tiktok.csv", text).plan)
    assert "tiktok.csv: CSV, utf-8 (plain ASCII so far), split at comma" in page
    assert "profiles on tiktok (the file's name 'tiktok.csv')" in page
    assert "followers -> followers                12.3K" in page
    assert "not used, not taken (sensitive): gender" in page
    assert "not used, no field of this name: shoe size" in page


def test_progress_reaches_the_end(desk):
    from influencr.sources.files import FileSource, inspect

    path = desk.write("tiktok.csv", "username\n" + "".join(f"u{i}\n" for i in range(1000)))
    seen = []
    source = FileSource(
        inspect(path),
        licence="user-import",
        quarantine=desk.quarantine,
        progress=lambda done, total: seen.append((done, total)),
        batch_rows=300,
    )
    assert sum(frame.height for _, frame in source.batches()) == 1000
    size = path.stat().st_size
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)

from influencr.sources.proving import code_of, codes_in, has_code

KEY = b"of one instance"


def test_a_code_is_of_one_profile_one_instant_and_one_secret():
    one = code_of(KEY, "bluesky:did:plc:a", 1_795_000_000, "s")
    assert codes_in(one) == [one]
    others = {
        code_of(KEY, "bluesky:did:plc:b", 1_795_000_000, "s"),
        code_of(KEY, "bluesky:did:plc:a", 1_795_000_001, "s"),
        code_of(KEY, "bluesky:did:plc:a", 1_795_000_000, "t"),
        code_of(b"another", "bluesky:did:plc:a", 1_795_000_000, "s"),
    }
    assert len({one, *others}) == 5


def test_it_is_found_in_words_in_any_case_and_never_as_a_piece_of_something_longer():
    code = code_of(KEY, "tiktok:@ana", 1, "s")
    assert has_code(f"Mine: {code.upper()}!", code)
    assert has_code(f"https://search.example/creators#{code}", code)
    assert not has_code(f"x{code}", code)
    assert not has_code(f"{code}a", code)
    assert not has_code(code[:-1], code)
    assert not has_code("", code)

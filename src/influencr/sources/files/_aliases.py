"""Which column names mean which field, per kind of file; data only.

Names are compared folded: lower case, without `_`, space, `-`, `.`, so that `followerCount`,
`Follower Count` and `follower_count` are one. Within a field the first name wins. The lists begin
with the mapping of the platforms' own APIs and go on with names seen in public data sets and in
exports of other tools.

Besides the columns of the record types there are a few targets that are made into one:

    native_id, handle, profile_url    which profile a row is about
    platform, observed_at             the row's own network and observation time
    first_name, last_name             display_name
    title                             the first line of a post's text
    fake_share                        1 - authentic_share_claimed
    authentic_engagements             / mean_engagements = authentic_share_claimed
    post_interval_seconds             posts_per_week_claimed
    posts_per_month                   posts_per_week_claimed
    profile.<field>                   in a file of posts: a field of the post's author
"""

from __future__ import annotations

from influencr.records import PLATFORMS

__all__ = ["ALIASES", "CONTACT", "COUNTRIES", "MANY", "PLATFORM_WORDS", "SENSITIVE", "fold_name"]

_NAME_MARKS = str.maketrans(dict.fromkeys("_ -.:/#\t\n\ufeff()"))


def fold_name(name: str) -> str:
    """A column name as it is compared.

    >>> fold_name("Follower_Count"), fold_name("followerCount"), fold_name("ER %")
    ('followercount', 'followercount', 'er%')
    """
    return name.casefold().translate(_NAME_MARKS)


_OBSERVED = (
    "observedat fetchedat crawledat retrievedat collectedat scrapedat scrapedate scrapedon "
    "snapshotat snapshotdate asof capturedat"
)

_PROFILE: dict[str, str] = {
    "native_id": (
        "nativeid did channelid userid accountid authorid idstr id uid influencerid uri secuid "
        "profileid"
    ),
    "handle": (
        "handle username screenname uniqueid profilename accountname customurl channelhandle "
        "userhandle profilehandle acct account mastodonprofile instagramhandle instagramusername "
        "tiktokhandle tiktokusername twitterhandle blueskyhandle youtubehandle instagram tiktok "
        "twitter bluesky youtube mastodon threads twitch influencer influencername creator user "
        "author authorhandle authorusername"
    ),
    "profile_url": "profileurl profilelink mediaurl channelurl accounturl permalink",
    "platform": "platform network socialnetwork channeltype site",
    "observed_at": _OBSERVED,
    "display_name": (
        "displayname fullname name nickname channeltitle channelname youtuber realname authorname "
        "title"
    ),
    "first_name": "firstname givenname",
    "last_name": "lastname familyname surname",
    "bio_text": (
        "biotext bio biography description signature about aboutme note information summary "
        "channeldescription profiledescription profilebio biographytext"
    ),
    "links": (
        "links link website websites web biolink externalurl externallink url urls otherlinks "
        "profileurl profilelink mediaurl channelurl homepage blog "
        "fieldslinks"
    ),
    "place_raw": "placeraw location geo place basedin locationname homebase where fieldslocation",
    "place_country": (
        "placecountry country countrycode countryname shippingaddresscountrycode "
        "shippingaddresscountry nation abbreviation creatorcountry accountcountry"
    ),
    "place_region": "placeregion region state province admin1 county stateprovince",
    "place_city": "placecity city town cityname",
    "time_zone": "timezone tz fieldstimezone",
    "language": "language lang languages langs languagecode mainlanguage defaultlanguage",
    "topics_declared": (
        "topicsdeclared category categories category1 category2 category3 niche niches topic "
        "topics tags interests discipline keywords categoryen genre genres commercecategory "
        "categoryname topiccategories vertical verticals channeltype topicofinfluence"
    ),
    "followers": (
        "followers followercount followerscount followersnumber subscribers subscribercount "
        "subscriberscount subs audiencesize fans fancount fanscount numberoffollowers nfollower "
        "nfollowers userfollowercount totalfollowers totalsubscribers edgefollowedbycount"
    ),
    "following": (
        "friendscount friends followscount followingcount followingscount following follows "
        "followings numberofpeopletheyfollow numberoffollowing nfollowing userfollowingcount "
        "edgefollowcount"
    ),
    "posts_count": (
        "postscount postcount posts mediacount statusescount statuses uploads totalvideos "
        "totvideos videocount videoscount videos tweets tweetscount tweetcount "
        "numberofposts totalposts nposts nmedia usermediacount uploadcount"
    ),
    "likes_given": "likesgiven favouritescount favoritescount videosliked likedcount",
    "likes_received": (
        "likesreceived totallikes heartcount hearts heart likestotal totallikesreceived"
    ),
    "views_received": (
        "viewsreceived totalviews totviews viewcount videoviews channelviews viewstotal"
    ),
    "listed_count": "listedcount listed listscount",
    "mean_likes": (
        "meanlikes avglikes averagelikes likesavg avglikesreceived likesperpost averagelikecount "
        "avglikecount likes"
    ),
    "mean_comments": (
        "meancomments avgcomments averagecomments commentsavg avgrepliesreceived commentsperpost "
        "avgreplies avgcommentcount comments"
    ),
    "mean_shares": "meanshares avgshares averageshares sharesperpost avgreposts shares",
    "mean_views": (
        "meanviews avgviews averageviews viewsavg viewsperpost avgviewcount avgreelsviews views"
    ),
    "mean_engagements": (
        "meanengagements engagementaverage engagementavg avgengagement avgengagements "
        "averageengagement averageengagements engagements avginteractions"
    ),
    "engagement_rate_claimed": (
        "engagementrateclaimed engagementrate engagementrate% engagement% er er% avger averageer "
        "engrate engagementratepercent engagementratepct engagement"
    ),
    "authentic_share_claimed": (
        "authenticshareclaimed authenticshare realfollowers% realfollowers realfollowerspercent "
        "authenticfollowers% audienceauthenticity credibility audiencecredibility "
        "credibilityscore realaudience%"
    ),
    "fake_share": (
        "fakeshare fakefollowers% fakefollowers fakefollowerspercent fakefollowerspercentage "
        "suspiciousfollowers%"
    ),
    "authentic_engagements": "authenticengagement authenticengagements engagementauthentic",
    "audience_country_claimed": (
        "audiencecountryclaimed audiencecountry topcountry audiencetopcountry topaudiencecountry "
        "audiencelocation mainaudiencecountry"
    ),
    "posts_per_week_claimed": "postsperweekclaimed postsperweek weeklyposts postingfrequencyweek",
    "post_interval_seconds": "postintervalseconds averagepostinterval avgpostinterval",
    "posts_per_month": "postspermonth monthlyposts",
    "account_created_at": (
        "accountcreatedat accountcreated createdat created createddate creationdate joindate "
        "joined joinedat joinedon registeredat registrationdate mastodonprofilecreationdate "
        "profilecreationdate publishedat membersince dateofcreation"
    ),
    "last_active_at": (
        "lastactiveat lastactive lastpostat lastpost lastpostdate laststatusat lastseen "
        "lastactivity lastuploadat lastvideoat latestpost"
    ),
    "has_avatar": "hasavatar hasprofilepicture hasprofilpic hasprofilepic haspicture",
    "has_banner": "hasbanner",
    "is_bot": "isbot bot botlabel",
    "is_group": "isgroup group",
    "is_verified": "isverified verified verifiedaccount bluecheck verificationverifiedstatus",
    "is_private": "isprivate private privateaccount protected locked userisprivate",
    "is_business": (
        "isbusiness business businessaccount isbusinessaccount commerceuser isprofessional "
        "isprofessionalaccount"
    ),
    "audience_hidden": "audiencehidden hidecollections hiddensubscribercount",
    "status": "status accountstatus",
    "discoverable": "discoverable",
    "indexable": "indexable",
    "noindex": "noindex",
    "no_signed_out": "nosignedout nounauthenticated hidefromsignedout",
    "no_recommend": "norecommend hidefromalgorithmicrecommendations",
    "made_for_kids": "madeforkids",
    "contact_email": "contactemail",
    "contact_source": "contactsource",
}

_POST: dict[str, str] = {
    "post_id": (
        "postid videoid tweetid statusid mediaid posturi postsid awemeid shortcode mediapk "
        "submissionid uri id posturl videourl url"
    ),
    "native_id": (
        "profileid authorid authordid channelid userid accountid did profilenativeid ownerid "
        "creatorid influencerid"
    ),
    "profile": "profile author creator owner user account channel",
    "handle": (
        "handle username screenname authorhandle authorusername profilehandle channelhandle "
        "accountname ownerusername uniqueid acct accountacct profilename influencer"
    ),
    "platform": "platform network socialnetwork site",
    "observed_at": _OBSERVED,
    "created_at": (
        "createdat publishedat postedat created published date posteddate postdate postedon "
        "uploaddate uploadedat takenat createtime timestamp time datetime"
    ),
    "kind": "kind posttype type producttype mediatype",
    "title": "title headline videotitle",
    "text": (
        "text caption posttext content body message fulltext tweet desc description posttitle "
        "statustext"
    ),
    "language": "language lang langs languagecode textlanguage",
    "hashtags": "hashtags hashtag tags",
    "mentions": "mentions mentioned mentionedusers",
    "links": "links urls externalurl outlinks",
    "likes": (
        "likes likecount likescount favouritescount favoritecount favoritescount favourites "
        "favorites diggcount reactions nlikes"
    ),
    "replies": (
        "replies replycount repliescount comments commentcount commentscount ncomments numcomments"
    ),
    "reposts": (
        "reposts repostcount repostscount shares sharecount sharescount retweets retweetcount "
        "reblogs reblogscount nshares"
    ),
    "quotes": "quotes quotecount quotescount",
    "views": "views viewcount viewscount playcount plays videoviewcount impressions nviews",
    "saves": "saves savecount savescount bookmarks bookmarkcount collectcount",
    "is_sponsored": (
        "issponsored sponsored paidpartnership ispaidpartnership haspaidproductplacement ispaid "
        "isad ad"
    ),
    "reply_to": "replyto inreplyto inreplytoid inreplytostatusid replyparent parentid parent",
    "deleted_at": "deletedat deleted",
    "profile.display_name": (
        "channeltitle channelname authorname authordisplayname displayname fullname ownername name "
        "accountdisplayname"
    ),
    "profile.followers": (
        "subscribercount subscribers followers followercount followerscount channelsubscribers "
        "authorfollowers authorfollowerscount channelsubscribercount"
    ),
    "profile.following": "followingcount followscount friendscount",
    "profile.posts_count": "postscount statusescount mediacount videocount",
    "profile.bio_text": "channeldescription authorbio bio biography authordescription",
    "profile.place_raw": "location authorlocation channellocation",
    "profile.place_country": "country channelcountry authorcountry countrycode",
    "profile.is_verified": "verified isverified authorverified",
}

_REFERENCE_ENDS = ("", "id", "did", "handle", "username", "profile", "profileid", "uri")


def _named(*stems: str) -> str:
    return " ".join(stem + end for stem in stems for end in _REFERENCE_ENDS)


_FOLLOW: dict[str, str] = {
    "follower_id": _named("follower", "source", "src", "from", "fan"),
    "followed_id": _named("followed", "followee", "target", "subject", "dst", "to", "creator"),
    "platform": "platform network",
    "observed_at": _OBSERVED,
    "followed_at": "followedat followtime followdate createdat created timestamp date time at",
    "via_id": "viaid via viauri starterpack pack packid",
    "deleted_at": "deletedat unfollowedat removedat",
}

_ENGAGEMENT: dict[str, str] = {
    "actor_id": _named("actor", "engager", "liker", "user", "profile", "account") + " did handle",
    "post_id": "postid post posturi subjecturi uri videoid tweetid statusid mediaid",
    "kind": "kind type action engagementtype engagement reaction event",
    "platform": "platform network",
    "observed_at": _OBSERVED,
    "at": "at createdat engagedat timestamp time date indexedat created likedat",
    "deleted_at": "deletedat removedat undoneat",
}

_PACK: dict[str, str] = {
    "pack_id": "packid pack packuri listid list listuri starterpack starterpackid collectionid",
    "member_id": _named("member", "item", "subject") + " did handle username",
    "name": "name packname listname title",
    "description": "description packdescription listdescription",
    "owner_id": _named("owner", "creator", "curator", "packowner"),
    "platform": "platform network",
    "observed_at": _OBSERVED,
    "added_at": "addedat added joinedat createdat created date timestamp",
    "removed_at": "removedat deletedat",
}

#: kind of file -> field -> folded column names, best first.
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    kind: {field: tuple(names.split()) for field, names in table.items()}
    for kind, table in {
        "profiles": _PROFILE,
        "posts": _POST,
        "follows": _FOLLOW,
        "engagements": _ENGAGEMENT,
        "packs": _PACK,
    }.items()
}

#: Fields that take several columns.
MANY = frozenset({"links", "topics_declared", "hashtags"})

#: Facts about a person that are never stored, whatever the file offers: special categories, and
#: what reveals or stands in for them (docs/guides/import.md).
_SENSITIVE = (
    "gender sex age birthday birthdate dateofbirth dob birthyear ethnicity race religion politics "
    "political politicalaffiliation politicalparty party sexualorientation orientation health "
    "disability maritalstatus relationshipstatus pronouns unionmembership nationality"
)
SENSITIVE = frozenset(_SENSITIVE.split())

#: E-mail columns are taken only when the operator states that they were published for business;
#: the others are never taken.
_EMAIL = "email emails emailaddress businessemail publicemail contactemail mail contact"
_OTHER_CONTACT = (
    "phone phonenumber phones mobile mobilenumber whatsapp telephone contactphone "
    "contactphonenumber shippingaddress shippingaddressstreet shippingaddressline1 "
    "shippingaddressline2 shippingaddresszip shippingaddresspostalcode shippingaddresscity "
    "shippingaddressname streetaddress address street zip zipcode postalcode"
)
CONTACT = {"email": frozenset(_EMAIL.split()), "other": frozenset(_OTHER_CONTACT.split())}

#: Words for networks, in columns and in file and folder names.
PLATFORM_WORDS: dict[str, str] = {
    **{name: name for name in PLATFORMS},
    "x": "twitter",
    "xtwitter": "twitter",
    "twitterx": "twitter",
    "xcom": "twitter",
    "bsky": "bluesky",
    "atproto": "bluesky",
    "insta": "instagram",
    "ig": "instagram",
    "yt": "youtube",
    "tt": "tiktok",
    "fediverse": "mastodon",
}

#: ISO 3166-1 alpha-2, to tell a column of countries from one of states that are two letters too.
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW XK"
)
COUNTRIES = frozenset(_COUNTRIES.split())

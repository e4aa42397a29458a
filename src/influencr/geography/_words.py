"""Words that look like places and are none, and words around a place that say nothing.

Lists of our own, by error class (fiction, jokes, organisations, pronouns, supranational words);
no single string of a test set was copied in. A stop-listed segment does not void the others:
"Hogwarts | Brasil" is Brazil.
"""

from __future__ import annotations

__all__ = ["CONTEXT_PREFIXES", "CONTEXT_SUFFIXES", "FILLER", "NOT_A_PLACE", "SUPRANATIONAL"]


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.strip().splitlines() if line.strip())


#: Folded whole segments that are refused.
NOT_A_PLACE = _lines(
    """
    hogwarts\nhogsmeade\nnarnia\nwakanda\ngotham\ngotham city\nmetropolis\nmiddle earth\nmordor
    the shire\nrivendell\nwesteros\nwinterfell\nkings landing\natlantis\nasgard\nvalhalla\nelysium
    neverland\nwonderland\noz\nbikini bottom\nspringfield usa\nsouth park\nstars hollow\nriverdale
    hawkins\nhill valley\nsmallville\ntatooine\nnaboo\nhoth\ncoruscant\nendor\nalderaan\ndagobah
    death star\nthe death star\nmillennium falcon\nenterprise\nthe enterprise\npandora\narrakis\ndune
    cybertron\nkrypton\nvulcan\nravenclaw\nhufflepuff\nslytherin\ngryffindor\nplatform 9\ndistrict 12
    panem\nthe capitol\nlos santos\nsan andreas\nvice city\nliberty city\nhyrule\nkanto\nunova\njohto
    pallet town\nazeroth\nmidgar\nkonoha\nminecraft\nroblox\nfortnite\nthe matrix\nmatrix\nmultiverse
    the multiverse\nmetaverse\nthe metaverse\nthe upside down\nupside down\nplanet vegeta\nkame house
    earth\nplanet earth\nthe earth\nmother earth\nterra\nmars\nmoon\nthe moon\nvenus\njupiter\nsaturn
    uranus\npluto\nneptune\nspace\nouter space\nthe universe\nuniverse\nthe galaxy\ngalaxy\nmilky way
    the milky way\nthe sun\nsun\ncloud 9\ncloud nine\nthe clouds\nclouds\nthe sky\nsky\nstars\nthe stars
    heaven\nhell\nthe abyss\nthe void\nvoid\nabyss\nlimbo\npurgatory\nparadise\nutopia\ndystopia\neden
    here\nright here\nthere\nover there\nnot here\nhere and there\nsomewhere\nsomewhere else
    everywhere\nanywhere\nnowhere\nelsewhere\nhere there and everywhere\nmiddle of nowhere
    the middle of nowhere\nsomewhere over the rainbow\nover the rainbow\nbehind you\nnext to you
    in your head\nin my head\nmy head\nyour head\nin my mind\nmy mind\nyour mind\nyour heart\nmy heart
    in your heart\nyour dreams\nmy dreams\ndreams\ndreamland\nla la land\nlala land\nlalaland
    home\nmy home\nat home\nhouse\nmy house\nyour house\nmy room\nmy bed\nbed\nin bed\nbedroom\nkitchen
    the kitchen\ncouch\nthe couch\nbathroom\nbasement\ngarage\nroom\nschool\nuniversity\ncollege\nwork
    office\nthe office\ngym\nthe gym\nbeach\nthe beach\nocean\nthe ocean\nsea\nthe sea\nforest\nwoods
    the woods\nmountains\nthe mountains\nriver\nlake\nisland\nan island\ncity\nthe city\ntown\nvillage
    country\nthe country\nstate\nsuburbs\nthe suburbs\nghetto\nhood\nthe hood\nstreets\nthe streets
    internet\nthe internet\nonline\ninterweb\nthe web\nweb\nwww\ncyberspace\ncloud\nthe cloud\nremote
    virtual\nworldwide\nglobal\ninternational\nworld wide\nworld\nthe world\naround the world
    all over\nall over the world\nall over the place\non the road\non the move\ntravelling\ntraveling
    nomad\ndigital nomad\nin transit\nairport\nunknown\nundisclosed\nprivate\nsecret\nclassified\nnone
    null\nn a\nna\ntba\ntbd\nother\nvarious\nlocation\nmy location\nno location\nlocation location
    twitter\nx\ninstagram\nig\ninsta\ntiktok\ntik tok\nyoutube\nyt\nfacebook\nfb\nreddit\ndiscord
    twitch\nsnapchat\nsnap\ntumblr\nbluesky\nbsky\nmastodon\nthreads\ntelegram\nwhatsapp\nlinkedin
    pinterest\nspotify\nsoundcloud\ngithub\npatreon\nonlyfans\nof\nfediverse\nnasa\nnato\nnfl\nnba\nmlb
    wwe\nfifa\nbts army\narmy\nblackpink\nstan twitter\nblack twitter\ntl\ntimeline\ndm\ndms\ndm me
    he\nhim\nhis\nhe him\nshe\nher\nhers\nshe her\nthey\nthem\nthey them\nshe they\nhe they\nany pronouns
    me\nyou\nus all\nwe\nlove\npeace\nhope\nhappiness\nhappy\njoy\nfreedom\nlife\nlive laugh love\nmusic
    art\nfashion\nfood\ntravel\nbeauty\nfitness\nhealth\nsport\nsports\nfootball\nsoccer\ngaming\ngames
    news\nbooks\nbook\nmovies\nnature\nphotography\nblack lives matter\nblm\nacab\nlgbt\nlgbtq\npride
    trump country\namerica first\nmaga\nresist\nsomewhere in time\nsomewhere in the middle
    mobile\ncentral\nunion\nliberty\nindependence\ncommerce\nhome sweet home\ntop\nbest\nnice view\nedge
    bag\nbar\nbali high\nmy world\nyour mom\nyour moms house\nyour mum\nhis heart\nher heart\nin love
    student\nlondon bridge is falling down\nthe dark side\ndark side\nthe north pole\nnorth pole
    south pole\nthe south\nthe north\nthe east\nthe west\nsouth\nnorth\neast\nwest\nmidwest coast
    aqui\nahi\nalli\nen casa\nmi casa\nmi corazon\nen tu corazon\nen todas partes\nen ningun lugar
    por ahi\nluna\nla luna\ntierra\nla tierra\nplaneta tierra\nmundo\nel mundo\nen el mundo\ncielo
    el cielo\ninfierno\nparaiso\nciudad\ncasa\nem casa\nmeu mundo\nterra do nunca\nno mundo da lua
    ici\nici et la\npartout\nnulle part\nquelque part\nmaison\nchez moi\nla lune\nlune\nterre\nplanete
    planete terre\nle monde\nmonde\nciel\nparadis\nenfer\nhier\nda\nuberall\nirgendwo\nnirgendwo\nzuhause
    daheim\nmond\nerde\nhimmel\nholle\nwelt\ndie welt\nqui\nqua\novunque\ndappertutto\nluna park
    mondo\nil mondo\nparadiso\ninferno\nburada\nher yerde\nhicbir yer\nevde\ndunya\nuzay\ncennet
    cehennem\nhepimiz\nbumi\ndunia\nrumah\ndi hatimu\ndi sini\ndisini\nindo\nhatimu\nsurga
    здесь\nтут\nвезде\nнигде\nдома\nдом\nземля\nлуна\nмарс\nмир\nинтернет\nкосмос\nрай\nад
    هنا\nفي قلبك\nالارض\nالقمر\nالعالم\nالجنه\nكل مكان\nبيتي
    地球\n月\n火星\n宇宙\nここ\nどこか\n家\n自宅\n二次元\n異世界\nネット\n世界\n天国\n地獄\n夢の国\n沼
    여기\n어딘가\n집\n지구\n우주\n달\n마음속\n침대\n어디든
    """
)

#: Folded words for more than one country that may be named with nothing to add.
SUPRANATIONAL = _lines(
    """
    global\nworldwide\ninternational\nmultinational\nworld\nthe world\nearth\nunion europea
    eu\ne u\neuropean union\neurope\nasia\nafrica\namerica latina\nlatin america\nlatam\nmiddle east
    mena\nemea\napac\namer\nanz\nalps\nthe alps\nbalkans\nscandinavia\nnordics\ndach\ncaribbean
    internacional\ninternazionale\nmondial\nmundial\nweltweit\nworld wide
    """
)

#: Words in front of a place that change nothing: "city of", "greater", "living in".
CONTEXT_PREFIXES = (
    "based in",
    "based out of",
    "living in",
    "live in",
    "lives in",
    "located in",
    "currently in",
    "now in",
    "somewhere in",
    "made in",
    "born in",
    "raised in",
    "from",
    "in",
    "the city of",
    "city of",
    "city and county of",
    "the county of",
    "county of",
    "county",
    "state of",
    "province of",
    "republic of",
    "the",
    "greater",
    "metro",
    "downtown",
    "central",
    "sunny",
    "beautiful",
    "near",
    "around",
    "outside",
    "suburb of",
    "suburbs of",
    "en",
    "vivo en",
    "ciudad de",
    "provincia de",
    "a",
    "ville de",
    "stadt",
    "aus",
    "kota",
    "kab",
    "kabupaten",
    "north",
    "south",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
    "upper",
    "lower",
    "inner",
    "г",
    "город",
)

#: The same behind a place.
CONTEXT_SUFFIXES = (
    "metropolitan area",
    "metro area",
    "area",
    "metro",
    "city",
    "county",
    "region",
    "province",
    "state",
    "district",
    "prefecture",
    "suburbs",
    "proper",
    "and beyond",
    "and around",
    "area based",
    "based",
    "born and raised",
    "baby",
    "native",
    "island",
    "islands",
    "oblast",
    "shi",
    "market",
)

#: Words that may stand around a place without making the segment something else.
FILLER = _lines(
    """
    the\nin\nfrom\nbased\nliving\nand\nor\nof\nat\nnear\nby\ncurrently\nnow\nborn\nraised\nthen\nhome\nmy
    de\nen\nel\nla\na\nl\nd\nda\ndi\naus\nzu\nat\nvia
    """
)

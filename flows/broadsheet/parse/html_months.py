"""Names of months in dates, in some thirty languages.

Names and abbreviations as Unicode CLDR has them (Unicode License v3), with forms that pages also
use, such as the genitive of the South Slavic names.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

from broadsheet.parse.html_vocabulary import words

# As ``_fold`` leaves them. Where languages differ (Polish and Croatian *listopad*) the one with
# more pages is meant; the text of a date is handed on as found, to be read by its language.
_NAMES: Final = (
    words(
        "ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janeiro janner januar januara "
        "januari januarja january janv janvaris janvier led leden ledna oca ocak saus sausio "
        "sausis sij sijecanj sijecnja sty styczen stycznia tammi tammikuu tammikuuta xan xaneiro "
        "ιαν ιανουαριοσ ιανουαριου сту студзень студзеня січ січень січня янв январь января яну "
        "януари јан јануар јануара јануари"
    ),
    words(
        "feb febbraio feber febr febreiro febrer febrero februar februara februari februarie "
        "februaris februarja february fev fevereiro fevr fevrier helmi helmikuu helmikuuta lut "
        "lutego luty sub subat uno unor unora vas vasario vasaris veebr veebruar velj veljaca "
        "veljace φεβ φεβρουαριοσ φεβρουαριου лют лютага лютии лютого люты феб фебруар фебруара "
        "фев февр февраль февраля февруари"
    ),
    words(
        "bre brezen brezna kov kovas kovo maalis maaliskuu maaliskuuta maart maerz mar marc marca "
        "march marcius marco marec maret mars mart martie marts marz marzec marzo mrt mrz ozu "
        "ozujak ozujka μαρ μαρτιοσ μαρτιου бер березень березня мар март марта сак сакавік "
        "сакавіка"
    ),
    words(
        "abr abril apr april aprila aprile aprilie aprilis aprill avr avril bal balandis "
        "balandzio dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia nis nisan tra "
        "travanj travnja απρ απριλιοσ απριλιου апр апрель апреля април априла квіт квітень квітня "
        "кра красавік красавіка"
    ),
    words(
        "geg geguze geguzes kve kveten kvetna mag maggio mai maig maijs maio maj maja majus may "
        "mayis mayo mei svi svibanj svibnja touko toukokuu toukokuuta μαι μαιοσ μαιου маи мая мај "
        "маја трав травень травня"
    ),
    words(
        "birz birzelio birzelis cerven cervna cvn cze czerwca czerwiec giu giugno haz haziran iun "
        "iunie juin jun juna june junho juni junij junija junijs junio junius juny juuni kesa "
        "kesakuu kesakuuta lipanj lipnja xuno ιουν ιουνιοσ ιουνιου июн июнь июня черв червень "
        "червня чэр чэрвень чэрвеня юни јун јуна јуни"
    ),
    words(
        "cervence cervenec cvc heina heinakuu heinakuuta iul iulie juil juillet jul jula julho "
        "juli julij julija julijs julio juliol julius july juuli liep liepa liepos lip lipca "
        "lipiec lug luglio srpanj srpnja tem temmuz xul xullo ιουλ ιουλιοσ ιουλιου июл июль июля "
        "лип липень липня ліп ліпень ліпеня юли јул јула јули"
    ),
    words(
        "ago agost agosto agu agust agustos agustus aout aug august augusta augusti augusts "
        "augustus augusztus avg avgust avgusta elo elokuu elokuuta kol kolovoz kolovoza rugp "
        "rugpjucio rugpjutis sie sierpien sierpnia srp srpen srpna αυγ αυγουστοσ αυγουστου авг "
        "август августа агуст жні жнівень жніуня серп серпень серпня"
    ),
    words(
        "eyl eylul rugs rugsejis rugsejo ruj rujan rujna sep sept septembar september septembra "
        "septembre septembrie septembris septiembre set setembre setembro settembre syys syyskuu "
        "syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari σεπ σεπτεμβριοσ σεπτεμβριου "
        "вер верасень верасня вересень вересня сент сентябрь сентября сеп септембар септембра "
        "септември"
    ),
    words(
        "eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktobar "
        "oktober oktobra oktobris oktoober ott ottobre out outubro paz pazdziernik pazdziernika "
        "rij rijen rijna spal spalio spalis οκτ οκτωβριοσ οκτωβριου жовт жовтень жовтня кас "
        "кастрычнік кастрычніка окт октобар октобра октомври октябрь октября"
    ),
    words(
        "kas kasim lapkr lapkricio lapkritis lis listopad listopada listopadu marras marraskuu "
        "marraskuuta noiembrie nov novembar november novembra novembre novembris novembro "
        "noviembre stu studeni studenoga νοε νοεμβριοσ νοεμβριου лист листопад листопада ліс "
        "лістапад лістапада нов новембар новембра ное ноември нояб ноябрь ноября"
    ),
    words(
        "ara aralik dec decembar december decembra decembre decembrie decembris decembro des "
        "desember desembre dets detsember dez dezember dezembro dic dicembre diciembre gru "
        "grudnia grudzien gruod gruodis gruodzio joulu joulukuu joulukuuta pro prosinac prosinca "
        "prosince prosinec δεκ δεκεμβριοσ δεκεμβριου груд грудень грудня дек декабрь декабря "
        "декември дец децембар децембра сне снежань снежня"
    ),
)
# Arabic, Hebrew, Hindi and Bengali, as they are written.
_OTHER_SCRIPTS: Final = (
    words("يناير جانفي ינואר בינואר जनवरी জানুয়ারি জানুয়ারী"),
    words("فبراير شباط فيفري פברואר בפברואר फरवरी ফেব্রুয়ারি ফেব্রুয়ারী"),
    words("مارس آذار מרץ במרץ मार्च মার্চ"),
    words("أبريل إبريل نيسان أفريل אפריל באפריל अप्रैल এপ্রিল"),
    words("مايو أيار ماي מאי במאי मई মে"),
    words("يونيو حزيران جوان יוני ביוני जून জুন"),
    words("يوليو تموز جويلية יולי ביולי जुलाई জুলাই"),
    words("أغسطس آب أوت אוגוסט באוגוסט अगस्त আগস্ট"),
    words("سبتمبر أيلول ספטמבר בספטמבר सितंबर सितम्बर সেপ্টেম্বর"),
    words("أكتوبر אוקטובר באוקטובר अक्टूबर अक्तूबर অক্টোবর"),
    words("نوفمبر נובמבר בנובמבר नवंबर नवम्बर নভেম্বর"),
    words("ديسمبر דצמבר בדצמבר दिसंबर दिसम्बर ডিসেম্বর"),
)


def month_of(word: str) -> int:
    """Return the number of a month by its whole name or a usual abbreviation; 0 where it is none.

    Case, accents and a last point make no difference.
    """
    return _MONTHS.get(_fold(word.removesuffix(".")), 0)


def _fold(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).replace("ı", "i")


_MONTHS: Final[Mapping[str, int]] = {
    name: month
    for table in (_NAMES, tuple(tuple(map(_fold, names)) for names in _OTHER_SCRIPTS))
    for month, names in enumerate(table, start=1)
    for name in names
}

"""Sentences of our own in many languages, for fixtures about encodings."""

SENTENCES = {
    "fra": """Où est la clé de la fenêtre ? Elle était déjà cassée.
Ça coûte à peu près huit euros.
Le garçon a mangé une pêche et bu du thé glacé.
Après l’été, les élèves retournent à l’école.
Mon frère préfère le café très léger.
Nous avons été étonnés par la beauté du château.""",
    "deu": """Der Bäcker öffnet früh und schließt um fünf.
Über den Hügeln hängt weißer Dunst.
Könntest du mir bitte das Salz herüberreichen?
Die Mädchen spielen draußen im Garten mit dem Hündchen.
Für morgen ist wieder schöneres Wetter angekündigt.
Er hätte das Gespräch gern früher geführt.""",
    "spa": """El niño pidió más piña y un café.
¿Cuándo empezó la lección de química?
Mañana iré a la montaña con mi compañero.
Según el periódico, lloverá toda la semana.
Ella también quería aprender a tocar el violín.
El pájaro está en el árbol más alto del jardín.""",
    "por": """As estações não são iguais no sertão.
Amanhã você vê a exposição às três.
Minha irmã não gosta de café com açúcar.
O avião só parte às seis da manhã.
As crianças estão na praça com os avós.
É difícil encontrar um bom pão nesta região.""",
    "swe": """Vi åkte båt över sjön när det började snöa.
Hästen står på ängen bredvid den röda ladan.
Får jag låna din cykel på lördag?
Det är för varmt för att göra någonting i dag.
Min syster läser en bok om fåglar på ön.
Han öppnade dörren och gick ut i trädgården.""",
    "ita": """Perché la città è così silenziosa? C’è la nebbia.
Il caffè è più caldo del tè.
Domani andrò al mare se non pioverà.""",
    "ces": """Příští týden pojedeme k řece a budeme lovit štiky.
Žluté listí leží všude.
Můj děda každé ráno krmí kočky na dvoře.
Večer si přečtu knížku a půjdu brzy spát.
Děti se těší na sníh a na sáňkování.
Kde jste koupili tak čerstvý chléb?""",
    "pol": """Zażółć tę łąkę, proszę, źródło jest blisko.
Święto trwało całą noc.
Moja siostra uczy się grać na skrzypcach.
Jutro rano pojedziemy nad jezioro łowić ryby.
Czy możesz zamknąć okno? Jest mi już zimno.
Dzieci bawią się w ogrodzie za domem.
Książka leży na półce obok świeżych kwiatów.""",
    "hun": """Az őszi eső elől a fűzfa alá álltunk.
Két tükörtojást kérek sóval.
A gyerekek a kertben játszanak a kutyával.
Holnap reggel korán indulunk a hegyek felé.
Nem tudom, hová tettem a szemüvegemet.
A nagymamám minden vasárnap süteményt süt.
Szép időnk volt, ezért gyalog mentünk haza.""",
    "tur": """Güneş doğunca işçiler çayı içti.
Şu ağacın gölgesi çok büyük.
Yarın sabah erkenden köye gideceğiz.
Kardeşim üniversitede tarih okuyor.
Kapıyı açık bırakma, içerisi soğuyor.
Bu şehirde yaşayan insanlar çok konuşkan.""",
    "ron": """Mâine dimineață știm dacă plouă în oraș.
Țăranii își vând brânza aici.
Copiii așteaptă să vină iarna.""",
    "vie": """Trời mưa to nên chúng tôi ở nhà đọc sách.
Bà ấy nấu phở rất ngon.
Ngày mai em trai tôi sẽ đi học bằng xe đạp.""",
    "rus": """Поезд ушёл вчера вечером, и никто не заметил.
Мы ждём письмо из деревни.
Сегодня на улице холодно, надень тёплую шапку.
Моя сестра учится играть на скрипке.
Дети бегают по двору и громко смеются.
Я забыл ключи дома и теперь жду соседа.
Завтра мы поедем на озеро ловить рыбу.""",
    "ukr": """Їжак спить під ялинкою, а білка їсть горіхи.
Ґанок пофарбували навесні.
Сьогодні надворі тепло, і діти граються біля річки.
Моя бабуся щоранку годує курей.
Ми поїдемо до міста, щоб купити нові книжки.
Він ще не знає, що його чекають друзі.
Увечері пішов дощ, і вулиці спорожніли.""",
    "bul": """Котката лежи върху топлата печка.
Утре ще вали сняг в планината.
Децата играят на двора с новата топка.
Къде сложи ключовете от колата?
Баба ми прави най-вкусната баница.
Тази вечер ще гледаме филм за морето.
Той не искаше да тръгва толкова рано.""",
    "ell": """Η θάλασσα είναι ήρεμη σήμερα το πρωί.
Πού έβαλες τα κλειδιά του σπιτιού;
Τα παιδιά παίζουν στην αυλή με τη γάτα.
Αύριο θα πάμε στην αγορά για φρέσκα ψάρια.
Η γιαγιά μου φτιάχνει ωραίο ψωμί.
Δεν ξέρω γιατί άργησε τόσο το λεωφορείο.
Το βράδυ καθόμαστε έξω και μιλάμε.""",
    "cmn": """河边的柳树在风里轻轻地摇。
请把门关上，外面很冷。
我们明天早上坐火车去看奶奶。
孩子们在院子里踢球，笑得很开心。
这本书我已经读了三遍。
他买了一些苹果和两瓶牛奶。
我今天早上去市場買了一條魚。
他說明天會下雨，所以我們不去山上了。
老師在黑板上寫了三個問題。
這間屋子很小，但是很安靜。
晚上我們坐在河邊看月亮。
妹妹把新的衣服放在床上。""",
    "jpn": """雨がやんだら散歩に行きましょう。
この本は机の上に置いてください。
昨日の夜は友達と遅くまで話していました。
駅の前に新しいパン屋ができました。
子供たちは公園で楽しそうに遊んでいる。
明日の朝は早く起きなければならない。
兄は去年から東京の会社で働いています。
窓を開けると、冷たい風が入ってきた。""",
    "kor": """오늘은 바람이 많이 불어요.
책상 위에 물컵이 두 개 있다.
내일 아침에는 할머니 댁에 갈 거예요.
아이들이 마당에서 공을 차며 놀고 있다.
이 책은 벌써 세 번이나 읽었어요.
저녁에 비가 와서 우산을 가지고 나갔다.
동생은 도서관에서 숙제를 하고 있습니다.
창문을 닫아 주세요, 밖이 너무 추워요.""",
    "ara": """القطار يصل إلى المحطة في الصباح.
أين وضعت المفتاح القديم؟
يلعب الأطفال في الحديقة مع الكلب الصغير.
سوف نذهب غدا إلى السوق لشراء السمك.
جدتي تصنع الخبز كل يوم قبل شروق الشمس.
لا أعرف لماذا تأخرت الحافلة اليوم.
قرأت هذا الكتاب ثلاث مرات في السنة الماضية.""",
    "heb": """הילדים משחקים בחצר עם הכלב הקטן.
מחר בבוקר ניסע לים אם לא ירד גשם.
איפה שמת את המפתחות של הבית?
סבתא שלי אופה לחם טרי בכל יום שישי.
אני לא יודע למה האוטובוס מאחר היום.
בערב ישבנו בחוץ ודיברנו על הספר החדש.
הוא קנה תפוחים ושני בקבוקי חלב.""",
}


def sentences(language):
    """The sentences of a language by its code of three letters."""
    return SENTENCES[language].split("\n")

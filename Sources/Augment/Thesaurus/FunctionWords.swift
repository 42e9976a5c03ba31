/// Words of grammar, of four letters and more, in the languages that have no grammar here; shorter words
/// are never replaced.
///
/// Pronouns, conjunctions, prepositions, auxiliaries, adverbs of place, time and degree, and numbers.
enum FunctionWords {
  /// The words of a language; empty where none are known.
  static func of(_ language: String) -> Set<String> { WordList.set(table[language] ?? "") }

  private static let table = [
    "bg":
      "този тази това тези онзи онази който която което които какво какъв каква кога къде откъде "
      + "защо както колко много малко повече всеки всяка всичко всички никой нищо никога никъде някой "
      + "нещо някога някъде винаги вече още само също така тогава сега днес вчера утре преди след през "
      + "между срещу заради поради освен вместо посред върху около докато понеже обаче дори може трябва "
      + "беше бяха бъде няма имам имаше себе свой своя свое техен негов нейна един една едно първи "
      + "особено",
    "ca":
      "aquest aquesta aquests aquestes aquell aquella això allò quan quin quina qui perquè però "
      + "també tampoc encara sempre mai ara avui ahir demà aquí allà allí enrere endavant dins fora "
      + "sobre sota entre durant abans després contra sense amb molt molta poc massa menys tots totes "
      + "altre altra mateix cada algun alguna ningú cap ser estar haver tenir poder voler haig havia "
      + "seva seves meva teva nostre vostre llavors només quasi gairebé tres quatre cinc",
    "cs":
      "tento tato toto tito tyto tenhle tahle tohle který která které kteří jaký jaká jaké kolik "
      + "kdyby když protože jestli jestliže nebo však také ještě jenom pouze vždy nikdy někdy kdysi "
      + "tady tam kde odkud kam teď nyní dnes včera zítra před mezi proti podle kromě místo kvůli během "
      + "velmi příliš téměř někdo něco nikdo nic každý všechno všichni žádný svůj jeho její jejich "
      + "můžu může musí bude budou byla bylo byli jsem jste jsou nimi jimi mnou tebe sebe sobě první",
    "da":
      "denne dette disse hvor hvem hvad hvilken hvilket hvornår hvorfor hvordan fordi selvom mens "
      + "eller også altid aldrig ofte igen endnu allerede måske kun bare meget mere mest mange lidt "
      + "ingen intet nogen noget nogle alle alting begge andre anden andet samme selv egen sådan derfor "
      + "dengang ligesom uanset under over efter foran bagved mellem imod uden inden siden blive bliver "
      + "blev være været have havde kunne skulle ville måtte hans hendes deres vores først senere heller "
      + "følgende nogensinde",
    "gl":
      "este esta estes estas esse aquel aquela isto iso aquilo cando como onde porque pero tamén "
      + "tampouco aínda sempre nunca agora hoxe onte mañá aquí alí dentro fóra sobre entre durante "
      + "despois antes contra desde dende segundo moito moita pouco demais máis menos todo toda todos "
      + "outro outra mesmo cada algún alguén ninguén nada ser estar haber poder quere miña teus nosa "
      + "só case tres catro cinco",
    "hu": "ez az aki ami amely amikor ahol akkor most mindig soha néha gyakran már még csak csupán "
      + "pusztán nagyon túl túlságosan eléggé majdnem csaknem mint mert hogy hanem vagy pedig azonban "
      + "tehát ezért azért bárhol bárki valaki valami valamikor valahol valamelyik egyik másik senki "
      + "semmi semmilyen minden mindenki melyik milyen hogyan miért hova honnan előtt után között alatt "
      + "fölött mellett nélkül szerint miatt helyett azóta amióta miközben minket bennünket titeket "
      + "benneteket őket nekem neked neki nekünk velem veled vele volt volna lesz legyen lehet kell "
      + "akar tegnap holnap ugyanaz ilyen olyan annyi ennyi mondott inkább végre végül valóban talán "
      + "valószínűleg",
    "id": "yang dan atau tetapi tapi namun adalah ialah merupakan bahwa karena sebab supaya agar "
      + "jika kalau apabila ketika saat waktu selama sejak hingga sampai untuk bagi dengan tanpa dari "
      + "kepada pada dalam antara tentang mengenai terhadap oleh seperti daripada meskipun walaupun "
      + "sekalipun sungguhpun bagaimana mengapa kenapa dimana siapa kapan berapa mana saya kamu anda "
      + "kami kita mereka dirinya sendiri semua seluruh setiap masing beberapa banyak sedikit lebih "
      + "paling sangat sekali terlalu hanya juga lagi masih sudah telah belum akan sedang pernah tidak "
      + "bukan jangan harus boleh dapat bisa mungkin biasanya sebaiknya seharusnya semestinya selalu "
      + "sering sekarang kemarin besok nanti ternyata sebagai menjadi",
    "is":
      "þessi þetta þeir þær hver hvað hvaða hvenær hvers hvernig hvar hvert vegna þegar eða líka "
      + "alltaf aldrei stundum núna bara mjög meira mest margir mikið lítið enginn ekkert einhver "
      + "eitthvað allir allt annar önnur sami sjálfur eftir undir yfir milli gegn gagnvart vera verið "
      + "hafa hefur hafði geta skulu munu vilja minn mín þinn hans hennar okkar ykkar þeirra",
    "nb":
      "denne dette disse hvor hvem hvilken hvilket hvordan hvorfor derfor fordi selv mens eller "
      + "også alltid aldri ofte igjen ennå allerede kanskje bare svært veldig mye mere mest mange litt "
      + "ingen intet noen noe alle begge andre annen annet samme egen slik dersom hvis under over etter "
      + "foran bak mellom imot uten siden blir ble bli være vært har hadde kunne skulle ville måtte hans "
      + "hennes deres vår først snart visse sant rommet nært",
    "pl": "ten ta to tego temu tych który która które którzy jaki jaka jakie kiedy gdzie dlaczego "
      + "ponieważ jeśli jeżeli gdyby jeśliby żeby albo lub także również zawsze nigdy czasem często "
      + "teraz dzisiaj wczoraj jutro tutaj przed między przeciw według podług oprócz zamiast podczas "
      + "bardzo zbyt prawie ktoś coś nikt nic każdy wszystko wszyscy żaden swój jego jej ich może muszę "
      + "musi będzie będą było była byli jest jesteś są jestem jedynie tylko wyłącznie niedługo wkrótce "
      + "całkiem dość jeszcze już dwa trzy cztery pięć",
    "pt":
      "este esta estes estas esse essa isto isso aquele aquela aquilo quando como onde porque porém "
      + "também tampouco ainda sempre nunca jamais agora hoje ontem amanhã aqui ali dentro fora sobre "
      + "entre durante depois antes contra desde segundo conforme muito muita pouco demais mais menos "
      + "todo toda todos todas outro outra mesmo mesma cada algum alguma alguém ninguém nada tudo nenhum "
      + "pelo pela pelos pelas neste nesta nesse nessa deste desta desse dessa dele dela deles delas "
      + "naquele naquela numa qual quais quem cujo diante "
      + "estar haver poder dever querer fazer dizer meus minha nossa vossa seus suas quase somente "
      + "apenas três quatro cinco novamente coisa coisas voltado voltar",
    "ro":
      "acest această aceasta acesta aceste acel acela aceea ăsta asta când cum unde deoarece pentru "
      + "fiindcă dacă însă totuși dar sau de asemenea încă mereu niciodată acum astăzi ieri mâine aici "
      + "acolo peste între dintre printre după înainte contra fără despre conform foarte prea mult multă "
      + "puțin mai tot toată toți toate alt altă altul același fiecare oricare vreun cineva nimeni nimic "
      + "ceva care este sunt fost avea putea vrea trebui trei patru cinci aproape doar numai poate "
      + "probabil posibil",
    "ru":
      "этот эта это эти тот того который которая которое которые какой какая какие когда где откуда "
      + "куда почему потому чтобы дабы если хотя также тоже ещё еще уже только лишь всегда никогда иногда "
      + "часто теперь сейчас сегодня вчера завтра здесь там перед между против согласно кроме вместо "
      + "очень слишком почти кто-то что-то никто ничто ничего каждый всякий все весь вся свой себя себе "
      + "можно нужно надо должен должна может могут быть было была были будет есть нету однако хотел "
      + "сколько столько пока",
    "sk":
      "tento táto toto títo tieto ktorý ktorá ktoré ktorí aký aká aké koľko keby keď pretože alebo "
      + "však tiež ešte len iba vždy nikdy niekedy často teraz dnes včera zajtra tu tam kde odkiaľ kam "
      + "pred medzi proti podľa okrem namiesto počas veľmi príliš takmer niekto niečo nikto nič každý "
      + "všetko všetci žiadny svoj jeho jej ich môžem môže musí bude budú bola bolo boli som ste nimi "
      + "určite vedieť",
    "sl":
      "ta to ti tisti kateri katera katero kakšen kakšna kdaj kje zakaj ker če čeprav ali ampak tudi "
      + "še samo vedno zmeraj nikoli včasih pogosto zdaj danes včeraj jutri tukaj tam pred med proti "
      + "razen namesto zaradi zelo preveč skoraj nekdo nekaj nihče nič vsak vse vsi noben svoj njegov "
      + "njen njihov lahko mora morajo biti bila bilo bili bodo smo ste spet zopet večji največji",
    "sv":
      "denna detta dessa vilken vilket vilka vars varför därför eftersom fast medan eller också "
      + "alltid aldrig ofta igen ännu redan kanske bara mycket mera mest många lite inget ingen intet "
      + "någon något några alla båda andra annan annat samma själv egen sådan under över efter framför "
      + "bakom mellan mot utan sedan blir blev bliva vara varit hade kunna skulle ville måste hans hennes "
      + "deras våra sina först främst första andra tredje tycker säger saknar kommer göra gjorde",
    "uk":
      "цей ця це ці той того який яка яке які коли звідки куди чому тому щоби якщо хоча також теж "
      + "ще вже тільки лише завжди ніколи іноді часто тепер зараз сьогодні вчора завтра тут там перед "
      + "між проти згідно крім замість дуже надто майже хтось щось ніхто ніщо нічого кожен усякий весь "
      + "всі свій себе собі можна треба повинен може можуть бути було була були буде немає однак скільки "
      + "стільки поки швидше",
  ]
}

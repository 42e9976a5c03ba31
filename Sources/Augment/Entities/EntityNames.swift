/// Names that are replaced by others of their group; written down for this purpose.
///
/// Left out are names that are English words or names of something else as well (`Will`, `Turkey`, `Georgia`, `Apple`),
/// and countries that take an article.
enum EntityNames {
  /// Names that stand for each other.
  struct Group: Sendable {
    let kind: EntityKind
    /// As they are written, in their order where they have one.
    let names: [String]
    /// Whether their order means something.
    let isOrdered: Bool

    init(_ kind: EntityKind, _ names: String, isOrdered: Bool = false) {
      self.kind = kind
      self.names = names.split(separator: "|").map { String($0.filter { $0 != "\n" }) }
      self.isOrdered = isOrdered
    }
  }

  static let groups: [Group] = [
    Group(
      .weekday, "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday", isOrdered: true),
    Group(
      .month,
      "January|February|March|April|May|June|July|August|September|October|November|December",
      isOrdered: true),
    men, women, families, cities, countries,
    Group(.organization, "Microsoft|Google|IBM|Intel|Samsung|Sony|Nokia|Siemens|Panasonic|Toshiba"),
    Group(
      .organization, "Toyota|Honda|Volkswagen|Hyundai|Nissan|Renault|Volvo|BMW|Mazda|Peugeot"),
    Group(.organization, "Lufthansa|Ryanair|Qantas|KLM|Finnair|Iberia|Aeroflot|EasyJet"),
    Group(.organization, "Harvard|Yale|Stanford|Oxford University|Cambridge University"),
    Group(.organization, "Netflix|Spotify|Hulu|YouTube"),
    Group(.organization, "Walmart|Tesco|Carrefour|Aldi|Lidl|Ikea"),
  ]

  static let men = Group(
    .person,
    """
    John|James|Robert|Michael|David|Richard|Thomas|Daniel|Matthew|Anthony|Steven|Andrew|Paul|Joshua|Kenneth|
    Kevin|Brian|Timothy|Ronald|Jason|Edward|Jeffrey|Ryan|Jacob|Gary|Nicholas|Eric|Jonathan|Stephen|Larry|
    Justin|Scott|Brandon|Benjamin|Samuel|Gregory|Alexander|Patrick|Dennis|Jerry|Tyler|Aaron|Adam|Nathan|
    Henry|Peter|Zachary|Kyle|Walter|Harold|Carl|Keith|Roger|Gerald|Sean|Arthur|Noah|Bruce|Albert|Willie|
    Gabriel|Alan|Juan|Louis|Ralph|Philip|Bobby|Johnny|Tom|Mike|Tim|Jim|Ben|Sam|Dave|Steve|Greg|Tony|Joe|Fred|
    Ahmed|Ali|Omar|Hassan|Wei|Ravi|Arjun|Hiroshi|Kenji|Carlos|Miguel|Diego|Pedro|Hans|Klaus|Pierre|Ivan|Igor
    """)
  static let women = Group(
    .person,
    """
    Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|Sarah|Karen|Lisa|Nancy|Betty|Sandra|Margaret|
    Ashley|Kimberly|Emily|Donna|Michelle|Carol|Amanda|Melissa|Deborah|Stephanie|Rebecca|Laura|Helen|Sharon|
    Cynthia|Kathleen|Amy|Angela|Shirley|Anna|Brenda|Pamela|Emma|Nicole|Samantha|Katherine|Christine|Debra|
    Rachel|Carolyn|Janet|Maria|Heather|Diane|Olivia|Julie|Joyce|Victoria|Ruth|Lauren|Kelly|Christina|Joan|
    Evelyn|Judith|Andrea|Hannah|Megan|Cheryl|Jacqueline|Martha|Teresa|Gloria|Sara|Janice|Ann|Kathryn|Alice|
    Julia|Judy|Sophie|Jane|Kate|Lucy|Susie|Fatima|Aisha|Leila|Mei|Priya|Ananya|Yuki|Carmen|Lucia|Ingrid|Olga
    """)
  static let families = Group(
    .person,
    """
    Smith|Johnson|Williams|Jones|Davis|Miller|Wilson|Anderson|Taylor|Thomas|Moore|Martin|Thompson|Garcia|
    Martinez|Robinson|Clark|Rodriguez|Lewis|Walker|Hall|Allen|Hernandez|Wright|Lopez|Hill|Scott|Green|
    Gonzalez|Nelson|Mitchell|Perez|Roberts|Turner|Phillips|Campbell|Parker|Evans|Edwards|Collins|Stewart|
    Sanchez|Morris|Rogers|Cook|Morgan|Murphy|Bailey|Rivera|Cooper|Richardson|Howard|Torres|Peterson|
    Ramirez|Watson|Sanders|Bennett|Barnes|Henderson|Coleman|Jenkins|Perry|Patterson|Hughes|Simmons|
    Foster|Gonzales|Bryant|Griffin|Russell|Diaz|Hayes|Schmidt|Tanaka|Kumar|Petrov|Novak|Larsen|Rossi
    """)
  static let cities = Group(
    .city,
    """
    London|Paris|Berlin|Madrid|Rome|Vienna|Lisbon|Dublin|Brussels|Amsterdam|Copenhagen|Stockholm|Oslo|
    Helsinki|Warsaw|Prague|Budapest|Bucharest|Sofia|Athens|Belgrade|Zagreb|Zurich|Geneva|Munich|Hamburg|
    Frankfurt|Cologne|Stuttgart|Dresden|Leipzig|Barcelona|Valencia|Seville|Milan|Naples|Turin|Venice|
    Manchester|Liverpool|Birmingham|Glasgow|Edinburgh|Bristol|Leeds|Moscow|Kiev|Istanbul|Ankara|Cairo|
    Casablanca|Tunis|Algiers|Lagos|Nairobi|Johannesburg|Dubai|Beirut|Baghdad|Tehran|Karachi|Lahore|Mumbai|
    Delhi|Bangalore|Chennai|Kolkata|Bangkok|Hanoi|Jakarta|Manila|Seoul|Tokyo|Osaka|Kyoto|Beijing|Shanghai|
    Taipei|Sydney|Melbourne|Brisbane|Auckland|Toronto|Montreal|Vancouver|Ottawa|Calgary|Boston|Chicago|Denver|
    Seattle|Portland|Dallas|Houston|Atlanta|Miami|Orlando|Tampa|Detroit|Cleveland|Pittsburgh|Philadelphia|
    Baltimore|Minneapolis|Milwaukee|Cincinnati|Nashville|Memphis|Tucson|Sacramento|Los Angeles|San Diego|
    San Francisco|Las Vegas|Lima|Bogota|Quito|Caracas|Santiago|Buenos Aires|Montevideo|Havana|Honolulu
    """)
  static let countries = Group(
    .country,
    """
    France|Germany|Italy|Spain|Portugal|Belgium|Austria|Switzerland|Denmark|Sweden|Norway|Finland|Iceland|
    Ireland|Poland|Hungary|Romania|Bulgaria|Greece|Croatia|Serbia|Slovakia|Slovenia|Estonia|Latvia|
    Lithuania|Ukraine|Russia|Egypt|Morocco|Algeria|Tunisia|Libya|Ethiopia|Kenya|Uganda|Tanzania|Zambia|
    Zimbabwe|Angola|Nigeria|Ghana|Senegal|Cameroon|Israel|Lebanon|Syria|Iraq|Iran|Kuwait|Pakistan|India|
    Bangladesh|Nepal|Sri Lanka|Thailand|Vietnam|Cambodia|Laos|Malaysia|Indonesia|Japan|Mongolia|Taiwan|
    Australia|New Zealand|Canada|Mexico|Cuba|Jamaica|Panama|Costa Rica|Nicaragua|Honduras|Guatemala|
    Colombia|Venezuela|Ecuador|Bolivia|Brazil|Argentina|Uruguay|Paraguay|China|South Africa|South Korea
    """)

  /// A name of a group: `groups[group].names[place]`.
  struct Place: Sendable, Hashable {
    let group: Int
    let place: Int
  }

  /// Where names stand, by the name in lower case: a family name may be a given name too.
  static let places: [String: [Place]] = {
    var places: [String: [Place]] = [:]
    for (group, names) in groups.map(\.names).enumerated() {
      for (place, name) in names.enumerated() {
        places[name.lowercased(), default: []].append(Place(group: group, place: place))
      }
    }
    return places
  }()

  /// The place of a name in the groups of a kind.
  static func place(of name: String, _ isWanted: (Group) -> Bool) -> Place? {
    places[name]?.first { isWanted(groups[$0.group]) }
  }

  /// The words from two to nine.
  static let numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine"]
  static let titles: Set<String> = ["mr", "mrs", "ms", "miss", "dr", "prof", "professor"]
  /// What stands before a month that is no other word: `in May`.
  static let beforeMonths: Set<String> = [
    "in", "since", "until", "till", "by", "of", "from", "to", "early", "late", "mid", "last",
    "next", "this",
    "every", "during", "before", "after", "through", "between", "and", "on",
  ]
}

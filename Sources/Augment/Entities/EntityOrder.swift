/// The numbers, or the days, or the months of a record by rising value: what was more stays more.
struct EntityOrder {
  /// How a number or name is found among those that it is compared with.
  private var places: [EntityKey: Int] = [:]
  /// The values as they stand in the record, rising.
  private var old: [Double] = []
  /// The values that they have by now, which rise likewise.
  private var now: [Double] = []

  /// The orders of all that has one: numbers together, names by their group.
  static func all(of keys: [EntityKey]) -> [EntityOrder] {
    let ranked = keys.compactMap { key in value(of: key).map { (key: key, value: $0) } }
    let groups = Dictionary(grouping: ranked) { entry -> Int in
      if case .name(let place) = entry.key { place.group } else { -1 }
    }
    return groups.values.map { EntityOrder($0.sorted { $0.value < $1.value }) }
  }

  private init(_ ranked: [(key: EntityKey, value: Double)]) {
    for (place, entry) in ranked.enumerated() { places[entry.key] = place }
    old = ranked.map(\.value)
    now = old
  }

  /// Where a number, day or month stands among others; nil for names without an order.
  private static func value(of key: EntityKey) -> Double? {
    switch key {
    case .number(let digits): Double(digits)
    case .name(let place):
      EntityNames.groups[place.group].isOrdered ? Double(place.place) : nil
    }
  }

  /// Whether a value stands to all others as that of the key did; only its neighbours need be asked.
  func allows(_ value: Double, for key: EntityKey) -> Bool {
    guard let place = places[key] else { return true }
    var (before, behind) = (place - 1, place + 1)
    while before >= 0, old[before] == old[place] {
      if now[before] != value { return false }
      before -= 1
    }
    while behind < old.count, old[behind] == old[place] {
      if now[behind] != value { return false }
      behind += 1
    }
    return (before < 0 || now[before] < value) && (behind == old.count || now[behind] > value)
  }

  /// Notes that a key has another value.
  mutating func set(_ value: Double, for key: EntityKey) {
    if let place = places[key] { now[place] = value }
  }
}

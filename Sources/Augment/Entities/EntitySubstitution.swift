import Records

/// What takes the place of each name and number of a record, drawn by lot.
///
/// No two become the same, none becomes what stands in the record, and the order of numbers, days and months stays:
/// what was more is more.
struct EntitySubstitution {
  private let entities: RecordEntities
  /// What replaces each: a name, or the digits of a number.
  private(set) var substitutes: [EntityKey: String] = [:]
  private var orders: [EntityOrder]

  /// - Parameter chosen: What is replaced, as far as something fits.
  init(
    _ entities: RecordEntities, _ chosen: [RecordEntities.Item], _ random: inout CounterRandom
  ) {
    self.entities = entities
    orders = EntityOrder.all(of: entities.items.map(\.key))
    for item in chosen {
      switch item.key {
      case .number(let digits): replace(item, number: NumberForm(digits), &random)
      case .name(let place): replace(item, name: place, &random)
      }
    }
  }

  /// The changes of the texts, by their paths.
  func edits(_ texts: [Field]) -> [String: [TextEdit]] {
    var edits: [String: [TextEdit]] = [:]
    for field in texts {
      let bytes = Array(field.text.utf8)
      edits[field.path] = entities.mentions[field.path, default: []].compactMap { mention in
        substitutes[mention.key].map { substitute in
          TextEdit(
            range: mention.range,
            replacement: Self.written(substitute, mention, bytes[mention.range]),
            cause: .rule(mention.kind.rawValue))
        }
      }
    }
    return edits
  }

  private static func written(
    _ substitute: String, _ mention: EntityMention, _ old: ArraySlice<UInt8>
  ) -> String {
    if case .number = mention.key { return NumberForm.write(substitute, like: old) }
    let isSmall = !old.contains { (0x41...0x5A).contains($0) }
    return isSmall ? substitute.lowercased() : substitute
  }

  // MARK: - Drawing

  private mutating func replace(
    _ item: RecordEntities.Item, number form: NumberForm, _ random: inout CounterRandom
  ) {
    // Between neighbours there may be little room.
    for _ in 0..<32 {
      let digits = form.drawn(&random)
      guard digits != form.digits, let value = Double(digits), fits(digits, value, item),
        orders.allSatisfy({ $0.allows(value, for: item.key) }),
        !entities.loose.hold(Array(digits.utf8))
      else { continue }
      substitutes[item.key] = digits
      note(value, for: item.key)
      return
    }
  }

  private mutating func note(_ value: Double, for key: EntityKey) {
    for place in orders.indices { orders[place].set(value, for: key) }
  }

  private func fits(_ digits: String, _ value: Double, _ item: RecordEntities.Item) -> Bool {
    if let limit = item.limit,
      !(Double(limit.lowerBound)...Double(limit.upperBound)).contains(value)
    {
      return false
    }
    return item.articles.allSatisfy { NumberForm.takesAn(digits) == ($0 == .an) }
  }

  private mutating func replace(
    _ item: RecordEntities.Item, name: EntityNames.Place, _ random: inout CounterRandom
  ) {
    let names = EntityNames.groups[name.group].names
    let taken = Set(substitutes.values)
    let own = Set(
      entities.items.compactMap { item -> String? in
        guard case .name(let place) = item.key else { return nil }
        return EntityNames.groups[place.group].names[place.place]
      })
    let candidates = names.indices.filter { place in
      let candidate = names[place]
      return !taken.contains(candidate) && !own.contains(candidate)
        && item.articles.allSatisfy { Self.takesAn(candidate) == ($0 == .an) }
        && orders.allSatisfy { $0.allows(Double(place), for: item.key) }
        && !entities.loose.hold(Array(candidate.utf8))
    }
    guard !candidates.isEmpty else { return }
    let drawn = candidates[random.below(candidates.count)]
    substitutes[item.key] = names[drawn]
    note(Double(drawn), for: item.key)
  }

  /// Whether the article of a name is `an`, by its first letter; `a European` and `an hour` are in no list.
  private static func takesAn(_ name: String) -> Bool {
    name.first.map { "AEIO".contains($0) } ?? false
  }
}

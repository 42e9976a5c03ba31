import Records

/// The names and numbers of a record that may be replaced, each wherever it stands.
struct RecordEntities {
  /// A name or number and all that bounds what may take its place.
  struct Item {
    let key: EntityKey
    let kind: EntityKind
    fileprivate(set) var articles: Set<EntityMention.Article> = []
    fileprivate(set) var limit: ClosedRange<Int>?
  }

  /// In the order in which they first stand there.
  private(set) var items: [Item] = []
  /// Where they stand, by the paths of the texts.
  let mentions: [String: [EntityMention]]
  /// The words of the record that stay.
  let loose: LooseWords
  /// Why there is nothing to replace.
  let reason: String

  /// - Parameters:
  ///   - texts: Those that may be changed; what stands in others as well stays.
  ///   - stage: Says what is replaced, and what must stay.
  init(
    _ record: Record, _ texts: [Field], _ stage: EntitiesStage
  ) {
    let rule = stage.answers
    let spoken = SpokenTexts(record)
    if !spoken.answers.isEmpty {
      if rule == .none || rule == .repeated && !spoken.areClosed {
        self.init(reason: rule == .none ? "has-answers" : "answers-know-more")
        return
      }
    }
    let kinds = spoken.answers.isEmpty ? stage.kinds : stage.answeredKinds
    var found: [String: [EntityMention]] = [:]
    for field in texts {
      let locked = stage.spans.find(in: Array(field.text.utf8), names: record.labelNames)
      let text = EntityText(field.text, locked: locked)
      found[field.path] = text.mentions(stage.language).filter { kinds.contains($0.kind) }
    }
    var all = record.fields(.all)
    all += texts.filter { text in !all.contains { $0.path == text.path } }
    self.init(all, found, record.metadata)
    if !spoken.answers.isEmpty, rule == .repeated { keepRepeated(spoken) }
  }

  private init(reason: String) {
    (mentions, loose, self.reason) = ([:], LooseWords(), reason)
  }

  private init(
    _ fields: [Field], _ found: [String: [EntityMention]], _ metadata: JSONObject
  ) {
    var loose = LooseWords()
    for member in metadata.members where found["metadata.\(member.key)"] == nil {
      loose.add(Array((member.value.string ?? member.value.text).utf8), without: [])
    }
    for field in fields {
      loose.add(Array(field.text.utf8), without: found[field.path, default: []].map(\.range))
    }
    var places: [EntityKey: Int] = [:]
    var stays: Set<EntityKey> = []
    // Each way of writing is looked up once, however often it stands there.
    var held: [[UInt8]: Bool] = [:]
    for field in fields {
      let bytes = Array(field.text.utf8)
      for mention in found[field.path, default: []] {
        let written = Array(bytes[mention.range])
        let isHeld = held[written] ?? loose.hold(written)
        held[written] = isHeld
        if isHeld { stays.insert(mention.key) }
        let place = places[mention.key] ?? items.count
        if place == items.count { items.append(Item(key: mention.key, kind: mention.kind)) }
        places[mention.key] = place
        items[place].add(mention)
      }
    }
    items.removeAll { stays.contains($0.key) }
    (mentions, self.loose, reason) = (found, loose, "no-entities")
  }

  /// Leaves what stands in an answer alone, or in none.
  private mutating func keepRepeated(_ spoken: SpokenTexts) {
    func keys(_ fields: [Field]) -> Set<EntityKey> {
      Set(fields.flatMap { mentions[$0.path, default: []].map(\.key) })
    }
    let both = keys(spoken.said).intersection(keys(spoken.answers))
    items.removeAll { !both.contains($0.key) || $0.mayCount }
  }
}

extension RecordEntities.Item {
  /// Whether it may be the number of things that an answer lists: `Name five rivers`.
  fileprivate var mayCount: Bool {
    guard case .number(let digits) = key, let value = Int(digits) else { return false }
    return value <= 20 && (limit == nil || limit == 2...9)
  }

  fileprivate mutating func add(_ mention: EntityMention) {
    if let article = mention.article { articles.insert(article) }
    guard let other = mention.limit else { return }
    limit = limit.map { $0.clamped(to: other) } ?? other
  }
}

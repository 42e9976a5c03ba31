import Records
import Stages

/// Derives records in which some words are replaced by synonyms from WordNet.
struct SynonymsStage: RecordStage {
  let rate: Double
  let copies: Int
  let minimum: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans
  let dictionary: SharedWordNet
  let rules: SynonymRules

  func dependencies() throws(StageError) -> [String] {
    WordNet.paths(below: dictionary.folder)
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    // Children of children would drift away, and evaluation sides hold originals only.
    guard record.augmentedBy == nil, record.side ?? .train == .train else { return .keep(record) }
    let finder = try dictionary.finder(rules)
    let swapper = finder.withCache { cache in
      SynonymSwapper(
        texts(of: record), protecting: spans,
        kept: KeptWords(of: record, keepsAnswers: keepsAnswers, finder, &cache), finder, &cache)
    }
    guard swapper.swappable >= minimum else { return .keep(record) }
    let wanted = Int((rate * Double(swapper.eligible)).rounded())
    var random = context.random(for: record.id)
    var children: [Derived] = []
    var seen: Set<Content> = [record.content]
    for _ in 0..<copies {
      let child = drawChild(
        of: record, "\(children.count + 1)", context, swapper, max(minimum, wanted), &seen, &random)
      if let child { children.append(child) }
    }
    return children.isEmpty ? .keep(record) : .derive(record, children: children)
  }

  /// A child unlike its parent and its siblings; nil where a few draws give none.
  private func drawChild(
    of record: Record, _ number: String, _ context: StageContext, _ swapper: SynonymSwapper,
    _ count: Int,
    _ seen: inout Set<Content>, _ random: inout CounterRandom
  ) -> Derived? {
    for _ in 0..<8 {
      let edits = swapper.draw(count, &random)
      let changed = record.applying(edits)
      guard seen.insert(changed.content).inserted else { continue }
      // A second stage of this kind is `augment.synonyms#2`, and so are its children's names.
      let name = context.stage.split(separator: ".").last ?? "synonyms"
      var child = record.child("\(name).\(number)", content: changed.content)
      child.metadata = changed.metadata
      child.augmentedBy = context.stage
      return Derived(child, note: note(edits, record))
    }
    return nil
  }

  /// The edits for the ledger, in the order of the texts.
  private func note(_ edits: [String: [TextEdit]], _ record: Record) -> JSONValue {
    .array(
      texts(of: record).flatMap { field in
        let bytes = Array(field.text.utf8)
        return (edits[field.path] ?? []).map { $0.note(field: field.path, in: bytes) }
      })
  }

  /// The texts that may be changed, each once, however many selectors name it.
  private func texts(of record: Record) -> [Field] {
    var seen: Set<String> = []
    return fields.flatMap { record.fields($0) }
      .filter { $0.path != "label" && seen.insert($0.path).inserted }
  }
}

/// What stays as it is because something else in the record refers to it.
struct KeptWords: Sendable {
  /// The label's name: a class is called what it is called.
  let names: [String]
  /// The words of the answers, so that an answer still speaks of what was asked.
  let lemmas: Set<String>

  init(of record: Record, keepsAnswers: Bool, _ finder: SynonymFinder, _ cache: inout WordCache) {
    names = record.label?.value.string.map { [$0] } ?? []
    guard keepsAnswers, case .conversation(let conversation) = record.content else {
      lemmas = []
      return
    }
    var lemmas: Set<String> = []
    for message in conversation.messages where message.role == .assistant {
      for token in TextScanner.scan(Array(message.content.utf8)) where token.kind == .word {
        lemmas.formUnion(cache.facts(of: token.lower, finder).readings.map(\.lemma))
      }
    }
    self.lemmas = lemmas
  }
}

extension Record {
  /// The record with edits made in the texts they belong to.
  fileprivate func applying(_ edits: [String: [TextEdit]]) -> Record {
    var copy = self
    for path in edits.keys.sorted() {
      let selector = path.hasPrefix("metadata.") ? Selector(path) ?? .all : .all
      copy.mapFields(selector) { place, text in
        place == path ? TextEdit.apply(edits[path] ?? [], to: text) : text
      }
    }
    return copy
  }
}

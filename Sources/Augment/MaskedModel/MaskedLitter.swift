import Records
import Stages

/// The children of one record that a model has been asked for.
struct MaskedLitter: Sendable {
  /// The record's place in the collection.
  let index: Int
  /// How many children it is to have.
  let wanted: Int
  /// The texts with words that may be changed.
  let texts: [MaskableText]
  private var offspring: Offspring
  private var children: [[String: [TextEdit]]] = []
  /// Whether any word was found that fits.
  private var isChanged = false

  init(_ offspring: Offspring, _ texts: [MaskableText], at index: Int, wanted: Int) {
    self.offspring = offspring
    self.texts = texts.filter { !$0.words.isEmpty }
    self.index = index
    self.wanted = wanted
  }

  /// The draws of one copy.
  func random(copy: Int) -> CounterRandom { offspring.random(copy: copy) }

  /// Takes a child where it is like neither its parent nor a sibling.
  /// - Returns: Whether it did.
  mutating func take(_ child: MaskedChild) -> Bool {
    let edits = Dictionary(
      zip(texts.map(\.path), child.edits).filter { !$1.isEmpty }, uniquingKeysWith: { $1 })
    guard !edits.isEmpty else { return false }
    isChanged = true
    guard offspring.add(edits) else { return false }
    children.append(edits)
    return true
  }

  /// Why the record has no child.
  private var reason: String {
    if texts.isEmpty { return "no-words" }
    return isChanged ? "no-change" : "no-candidates"
  }

  // MARK: - On disk

  /// What came of the record, as a line of JSON that `Entry` reads.
  var line: [UInt8] {
    let children = children.map { edits -> JSONValue in
      .object(
        JSONObject(
          edits.keys.sorted().map { path in
            (path, .array((edits[path] ?? []).map(Self.json)))
          }))
    }
    return JSONValue.object(["children": .array(children), "reason": .string(reason)]).bytes
  }

  private static func json(_ edit: TextEdit) -> JSONValue {
    [.integer(edit.range.lowerBound), .integer(edit.range.upperBound), .string(edit.replacement)]
  }

  /// What came of a record.
  struct Entry {
    /// The edits of each child, by the text's path.
    let children: [[String: [TextEdit]]]
    /// Why there is no child, where there is none.
    let reason: String

    /// Reads a line that `MaskedLitter` wrote; nil where it is damaged.
    init?(line: [UInt8], _ action: MaskedAction) {
      guard let json = try? JSONValue.parse(line), let list = json["children"]?.array,
        let reason = json["reason"]?.string
      else { return nil }
      self.reason = reason
      children = list.map { child in
        var edits: [String: [TextEdit]] = [:]
        for member in child.object?.members ?? [] {
          edits[member.key] = (member.value.array ?? []).compactMap { Self.edit($0, action) }
        }
        return edits
      }
    }

    private static func edit(_ json: JSONValue, _ action: MaskedAction) -> TextEdit? {
      guard let parts = json.array, parts.count == 3, let start = parts[0].int,
        let end = parts[1].int, let text = parts[2].string, start <= end
      else { return nil }
      return TextEdit(range: start..<end, replacement: text, cause: .rule(action.rawValue))
    }
  }
}

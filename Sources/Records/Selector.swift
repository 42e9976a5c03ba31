/// Names parts of a record, so that any stage can work per field, per turn or per conversation.
///
/// Spellings: `text`, `label`, `messages` (every turn's content and input), `messages[user]`,
/// `messages[assistant].content`, `messages[last]`, `messages[0].input`, `instruction`, `input`,
/// `output`, `system`, `chosen`, `rejected`, `metadata.KEY`, and `all` (every text there is).
public struct Selector: Sendable, Hashable, CustomStringConvertible {
  enum Turns: Sendable, Hashable {
    case every
    case role(Role)
    case last
    case lastOf(Role)
    case index(Int)
  }
  enum Part: Sendable, Hashable { case content, input, both }
  enum Target: Sendable, Hashable {
    case all, text, label, chosen, rejected
    case turns(Turns, Part)
    case metadata(String)
  }

  let target: Target
  /// The selector as written.
  public let description: String

  /// Every text of a record, whatever its form: the default of most stages.
  public static let all = Selector(target: .all, description: "all")

  /// The shorthand names and what they stand for.
  static let names: [String: Target] = [
    "all": .all, "text": .text, "label": .label, "chosen": .chosen, "rejected": .rejected,
    "messages": .turns(.every, .both), "system": .turns(.role(.system), .content),
    "instruction": .turns(.lastOf(.user), .content), "input": .turns(.lastOf(.user), .input),
    "output": .turns(.lastOf(.assistant), .content),
  ]

  private init(target: Target, description: String) {
    self.target = target
    self.description = description
  }

  /// Reads a selector; nil where the spelling means nothing.
  public init?(_ text: String) {
    description = text
    if let known = Self.names[text] {
      target = known
    } else if text.hasPrefix("metadata."), text.utf8.count > 9 {
      target = .metadata(String(text.dropFirst(9)))
    } else if let turns = Self.turns(text) {
      target = turns
    } else {
      return nil
    }
  }

  /// `messages[WHICH]` with an optional `.content` or `.input`.
  private static func turns(_ text: String) -> Target? {
    guard text.hasPrefix("messages["), let close = text.firstIndex(of: "]") else { return nil }
    let which = text[text.index(text.startIndex, offsetBy: 9)..<close]
    let part: Part
    switch text[text.index(after: close)...] {
    case "": part = .both
    case ".content": part = .content
    case ".input": part = .input
    default: return nil
    }
    if which == "last" { return .turns(.last, part) }
    if which.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let index = Int(which) {
      return .turns(.index(index), part)
    }
    return Role(rawValue: String(which)).map { .turns(.role($0), part) }
  }
}

/// One text of a record and the path that leads to it.
public struct Field: Sendable, Hashable {
  /// Where the text stands: `text`, `messages[2].content`, `metadata.title`.
  public let path: String
  /// The text.
  public let text: String
}

extension Record {
  /// The texts that a selector names, in reading order.
  public func fields(_ selector: Selector = .all) -> [Field] {
    if case .text(let text) = content, selector.target == .all || selector.target == .text {
      return [Field(path: "text", text: text)]
    }
    var fields: [Field] = []
    var copy = self
    copy.mapFields(selector) { path, text in
      fields.append(Field(path: path, text: text))
      return text
    }
    return fields
  }

  /// The texts that a selector names, in reading order, without their paths.
  public func texts(_ selector: Selector = .all) -> [String] {
    guard case .conversation(let conversation) = content, selector.target == .all else {
      return fields(selector).map(\.text)
    }
    var texts: [String] = []
    for message in conversation.messages {
      texts.append(message.content)
      if let input = message.input { texts.append(input) }
    }
    return texts
  }

  /// Replaces each text that a selector names by what `change` makes of it.
  public mutating func mapFields<Failure: Error>(
    _ selector: Selector = .all, _ change: (String, String) throws(Failure) -> String
  ) throws(Failure) {
    switch selector.target {
    case .label:
      if case .string(let name)? = label?.value { label = Label(try change("label", name)) }
    case .metadata(let key):
      if let text = metadata[key]?.string {
        metadata[key] = .string(try change("metadata.\(key)", text))
      }
    default:
      content = try content.mapped(selector.target, change)
    }
  }
}

extension Content {
  fileprivate func mapped<Failure: Error>(
    _ target: Selector.Target, _ change: (String, String) throws(Failure) -> String
  ) throws(Failure) -> Content {
    switch (self, target) {
    case (.text(let text), .all), (.text(let text), .text):
      return .text(try change("text", text))
    case (.conversation(let conversation), .all):
      return .conversation(try conversation.mapped(.every, .both, "messages", change))
    case (.conversation(let conversation), .turns(let turns, let part)):
      return .conversation(try conversation.mapped(turns, part, "messages", change))
    case (.preference(let preference), _):
      return .preference(try preference.mapped(target, change))
    default:
      return self
    }
  }
}

extension Preference {
  fileprivate func mapped<Failure: Error>(
    _ target: Selector.Target, _ change: (String, String) throws(Failure) -> String
  ) throws(Failure) -> Preference {
    var copy = self
    switch target {
    case .turns(let turns, let part):
      copy.prompt = try prompt.mapped(turns, part, "prompt", change)
    case .chosen: copy.chosen = try chosen.mapped(.every, .both, "chosen", change)
    case .rejected: copy.rejected = try rejected.mapped(.every, .both, "rejected", change)
    case .all:
      copy.prompt = try prompt.mapped(.every, .both, "prompt", change)
      copy.chosen = try chosen.mapped(.every, .both, "chosen", change)
      copy.rejected = try rejected.mapped(.every, .both, "rejected", change)
    default: break
    }
    return copy
  }
}

extension Conversation {
  fileprivate func mapped<Failure: Error>(
    _ turns: Selector.Turns, _ part: Selector.Part, _ name: String,
    _ change: (String, String) throws(Failure) -> String
  ) throws(Failure) -> Conversation {
    var copy = self
    for index in indices(turns) {
      if part != .input {
        let path = Self.path(name, index, Self.contentPaths, "content")
        copy.messages[index].content = try change(path, messages[index].content)
      }
      if part != .content, let input = messages[index].input {
        let path = Self.path(name, index, Self.inputPaths, "input")
        copy.messages[index].input = try change(path, input)
      }
    }
    return copy
  }

  // Paths are made for every text of every record, so those of most are made once.
  private static let contentPaths = (0..<16).map { "messages[\($0)].content" }
  private static let inputPaths = (0..<16).map { "messages[\($0)].input" }

  private static func path(
    _ name: String, _ index: Int, _ known: [String], _ part: String
  ) -> String {
    name == "messages" && index < known.count ? known[index] : "\(name)[\(index)].\(part)"
  }

  private func indices(_ turns: Selector.Turns) -> [Int] {
    switch turns {
    case .every: Array(messages.indices)
    case .role(let role): messages.indices.filter { messages[$0].role == role }
    case .last: messages.isEmpty ? [] : [messages.count - 1]
    case .lastOf(let role): messages.lastIndex { $0.role == role }.map { [$0] } ?? []
    case .index(let index): messages.indices.contains(index) ? [index] : []
    }
  }
}

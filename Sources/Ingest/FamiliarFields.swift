import Records

/// Names that well-known data sets give to the fields of a schema, which are read as if they were mapped.
///
/// Asked only where the fields' own names make no schema, or one that would leave the question out of a
/// preference.
enum FamiliarFields {
  private struct Names {
    /// Canonical names and those that stand for them; all of these must be there.
    let needed: [(key: String, name: String)]
    /// Those that may be there.
    var optional: [(key: String, name: String)] = []
  }

  private static let known = [
    // SNLI, MultiNLI and their like.
    Names(needed: [("sentence1", "premise"), ("sentence2", "hypothesis")]),
    // QNLI of GLUE.
    Names(needed: [("sentence1", "question"), ("sentence2", "sentence")]),
    // OpenOrca.
    Names(
      needed: [("instruction", "question"), ("output", "response")],
      optional: [("system", "system_prompt")]),
    // ms-swift and Data-Juicer.
    Names(needed: [("instruction", "query"), ("output", "response")]),
    Names(needed: [("system", "system"), ("instruction", "prompt"), ("output", "response")]),
    Names(needed: [("system", "system_prompt"), ("instruction", "prompt"), ("output", "response")]),
    Names(needed: [("prompt", "prompt"), ("completion", "response")]),
    Names(needed: [("instruction", "input"), ("output", "output")]),
    Names(needed: [("instruction", "input"), ("output", "response")]),
    Names(needed: [("instruction", "query"), ("output", "output")]),
    Names(needed: [("instruction", "question"), ("output", "output")]),
    // FLAN and P3.
    Names(needed: [("prompt", "inputs"), ("completion", "targets")]),
    // MS MARCO as sentence-transformers has it.
    Names(
      needed: [("anchor", "query"), ("positive", "positive")], optional: [("negative", "negative")]),
  ]

  /// Fields beside a text of which it is a part, or that say who speaks: one text of these would be half of what is
  /// there to learn.
  private static let companions = [
    "answer", "aspect", "author", "from", "question", "role", "speaker", "summary", "target",
    "translation",
  ]

  /// Questions beside two answers: Intel/orca_dpo_pairs and its like.
  private static let questions = ["question", "query", "input"]

  /// The object with its fields under canonical names, and the schema these make; nil where they are of no
  /// known data set.
  static func read(_ object: JSONObject) -> (JSONObject, Schema)? {
    for names in known {
      let pairs = names.needed + names.optional.filter { isText(object[$0.name]) }
      guard names.needed.allSatisfy({ isText(object[$0.name]) }),
        let renamed = renamed(object, pairs), let schema = Schema.detect(renamed)
      else { continue }
      return (renamed, schema)
    }
    return readConversation(object) ?? readText(object)
  }

  private static func readConversation(_ object: JSONObject) -> (JSONObject, Schema)? {
    let name = "conversation"
    guard let turns = WrittenLists.list(object[name]), turns.first?.object != nil,
      var renamed = renamed(object, [("conversations", name)])
    else { return nil }
    renamed["conversations"] = .array(turns)
    return (renamed, .sharegpt)
  }

  /// SST-2 and its like, code and web pages.
  private static func readText(_ object: JSONObject) -> (JSONObject, Schema)? {
    guard companions.allSatisfy({ isAbsent(object[$0]) }),
      let name = ["sentence", "content"].first(where: { isText(object[$0]) })
    else { return nil }
    return renamed(object, [("text", name)]).map { ($0, .text) }
  }

  /// A preference between two texts whose question is not called `prompt`.
  static func readPreference(_ object: JSONObject) -> (JSONObject, Schema)? {
    guard isText(object["chosen"]), isText(object["rejected"]), isAbsent(object["prompt"]),
      let question = questions.first(where: { isText(object[$0]) }),
      let renamed = renamed(object, [("instruction", question)])
    else { return nil }
    return (renamed, .alpacaPreference)
  }

  private static func isText(_ value: JSONValue?) -> Bool { value?.string != nil }

  private static func isAbsent(_ value: JSONValue?) -> Bool { value?.isNull ?? true }

  /// The object with fields under other names; nil where it has fields of these names as well.
  private static func renamed(
    _ object: JSONObject, _ pairs: [(key: String, name: String)]
  ) -> JSONObject? {
    var result = JSONObject()
    for (key, name) in pairs {
      guard key == name || isAbsent(object[key]) || pairs.contains(where: { $0.name == key }) else {
        return nil
      }
      result[key] = object[name]
    }
    let rest = object.without(pairs.map(\.name) + pairs.map(\.key))
    result.merge(rest)
    return result
  }
}

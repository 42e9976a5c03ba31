import Records

/// A token that is found in a text as it stands, before the model sees anything.
public struct AddedToken: Sendable, Equatable {
  /// Its id.
  public let id: Int32
  /// Its text.
  public let content: String
  /// Whether it is found only where no word character touches it.
  public let singleWord: Bool
  /// Whether it takes the white space before it.
  public let stripsLeft: Bool
  /// Whether it takes the white space behind it.
  public let stripsRight: Bool
  /// Whether it is looked for in the normalized text, and its content is normalized too.
  public let isNormalized: Bool
  /// Whether it controls the model and is left out of decoded text.
  public let isSpecial: Bool
  /// Whether it is found in a text at all; some only come from templates.
  let isFound: Bool

  /// A token; by default a special one that is found anywhere in the raw text.
  init(
    id: Int32, content: String, singleWord: Bool = false, stripsLeft: Bool = false,
    stripsRight: Bool = false, isNormalized: Bool = false, isSpecial: Bool = true,
    isFound: Bool = true
  ) {
    self.id = id
    self.content = content
    self.singleWord = singleWord
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
    self.isNormalized = isNormalized
    self.isSpecial = isSpecial
    self.isFound = isFound
  }

  /// Reads one element of `added_tokens`.
  init(from reader: ComponentReader) throws(TokenizerError) {
    content = try reader.required("content").string()
    id = Int32(try reader.required("id").integer())
    // Each says which text the token is found in, so that none has a default.
    singleWord = try reader.requiredBool("single_word")
    stripsLeft = try reader.requiredBool("lstrip")
    stripsRight = try reader.requiredBool("rstrip")
    isSpecial = try reader.requiredBool("special")
    isFound = true
    isNormalized = try reader.requiredBool("normalized")
  }

  /// The element of `added_tokens` that says the same.
  var json: JSONValue {
    [
      "id": .integer(id), "content": .string(content), "single_word": .bool(singleWord),
      "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight), "normalized": .bool(isNormalized),
      "special": .bool(isSpecial),
    ]
  }
}

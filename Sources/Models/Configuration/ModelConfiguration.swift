public import Records
public import Stages

/// The `config.json` of a model: typed reads in every spelling, all other fields kept.
public struct ModelConfiguration: Sendable {
  /// The fields as they will be saved.
  public var fields: JSONObject
  /// Where they were read, for error messages.
  public let file: String
  /// The field that says how weights are stored in few bits.
  static let quantization = "quantization_config"

  /// Fields made by a program.
  public init(_ fields: JSONObject, file: String = "configuration") {
    self.fields = fields
    self.file = file
  }

  /// Reads the `config.json` of a folder or beside a file of weights, or what a `.gguf` says instead.
  /// - Throws: `ModelError.notFound`, or `.corrupt` where it is no JSON object.
  public init(folder: String) throws(ModelError) {
    if let file = WeightFiles.gguf(folder) {
      self = try GGUFModel(file).configuration
      return
    }
    file = WeightFiles.folder(folder) + "/config.json"
    let json = try ModelFiles.json(file)
    guard let object = json.object else {
      throw ModelError(.corrupt, file: file, problem: "is \(json.kindName), not an object")
    }
    fields = object
  }

  /// The architecture's name, such as `bert`.
  /// - Throws: `ModelError.invalid` where there is none.
  public var modelType: String {
    get throws(ModelError) {
      guard let type = fields["model_type"]?.string else {
        throw ModelError(
          .invalid, file: file, problem: "has no model_type",
          remedy: "Add the architecture's name, such as \"model_type\": \"bert\".")
      }
      return type
    }
  }

  /// Writes `config.json` into a folder.
  public func save(to folder: String) throws(FileError) {
    try AtomicFile.write(JSONValue.object(fields).prettyText.utf8, to: folder + "/config.json")
  }
}

// MARK: - Typed reads

extension ModelConfiguration {
  /// A whole number of at least 1 under the first of several spellings that is written.
  /// - Throws: `ModelError.invalid` where it is missing without a default, or is something else.
  public func size(_ names: String..., default fallback: Int? = nil) throws(ModelError) -> Int {
    guard let (name, value) = first(names) else {
      guard let fallback else { throw missing(names) }
      return fallback
    }
    guard let size = value.int, size >= 1 else { throw wrong(name, "a whole number above 0") }
    return size
  }

  /// A whole number from 0 up.
  /// - Throws: `ModelError.invalid` where it is something else.
  func count(_ name: String, default fallback: Int) throws(ModelError) -> Int {
    guard let (_, value) = first([name]) else { return fallback }
    guard let count = value.int, count >= 0 else { throw wrong(name, "a whole number from 0 up") }
    return count
  }

  /// A whole number of at least 1; nil where null is written, which is not the same as nothing.
  /// - Throws: `ModelError.invalid` where it is something else.
  func optionalSize(_ name: String, default fallback: Int?) throws(ModelError) -> Int? {
    if let value = fields[name], value.isNull { return nil }
    guard fields[name] != nil else { return fallback }
    return try size(name)
  }

  /// A number from 0 up.
  /// - Throws: `ModelError.invalid` where it is missing without a default, or is something else.
  public func real(
    _ names: String..., default fallback: Double? = nil
  ) throws(ModelError) -> Double {
    guard let (name, value) = first(names) else {
      guard let fallback else { throw missing(names) }
      return fallback
    }
    guard let number = value.double, number >= 0, number.isFinite else {
      throw wrong(name, "a number from 0 up")
    }
    return number
  }

  /// A probability below 1, such as a dropout.
  /// - Throws: `ModelError.invalid` where it is something else.
  public func share(_ names: String..., default fallback: Double) throws(ModelError) -> Float {
    guard let (name, value) = first(names) else { return Float(fallback) }
    guard let number = value.double, number >= 0, number < 1 else {
      throw wrong(name, "a share from 0 to below 1")
    }
    return Float(number)
  }

  /// A text under the first of several spellings that is written.
  /// - Throws: `ModelError.invalid` where it is something else.
  public func text(_ names: String..., default fallback: String) throws(ModelError) -> String {
    guard let (name, value) = first(names) else { return fallback }
    guard let text = value.string else { throw wrong(name, "a text") }
    return text
  }

  /// True or false.
  /// - Throws: `ModelError.invalid` where it is something else.
  public func flag(_ name: String, default fallback: Bool) throws(ModelError) -> Bool {
    guard let (_, value) = first([name]) else { return fallback }
    guard let flag = value.bool else { throw wrong(name, "true or false") }
    return flag
  }

  /// The id of a special token, the first of a list; nil where there is none.
  public func token(_ name: String) -> Int32? {
    let value = fields[name]?.array?.first ?? fields[name]
    return value?.int.flatMap { Int32(exactly: $0) }
  }

  /// The entry of a table of words that torch calls its padding, whose vector takes no gradient there.
  ///
  /// Counted from the end where it is negative, as torch does; nil where it is null or out of the table.
  /// - Parameter fallback: What a file means that does not say.
  func paddingEntry(of entries: Int, default fallback: Int32? = nil) -> Int32? {
    let named = fields["pad_token_id"] == nil ? fallback : token("pad_token_id")
    guard let named else { return nil }
    let entry = named < 0 ? entries + Int(named) : Int(named)
    return 0..<entries ~= entry ? Int32(clamping: entry) : nil
  }

  /// The first spelling that is written with something other than null.
  func first(_ names: [String]) -> (String, JSONValue)? {
    for name in names {
      if let value = fields[name], !value.isNull { return (name, value) }
    }
    return nil
  }

  func missing(_ names: [String]) -> ModelError {
    ModelError(.invalid, file: file, problem: "has no \(names.joined(separator: " or "))")
  }

  func wrong(_ name: String, _ expected: String) -> ModelError {
    ModelError(
      .invalid, file: file,
      problem: "\(name) is \(fields[name]?.text ?? "missing"), expected \(expected)")
  }
}

import Records
import Stages

/// An `adapter_config.json` as PEFT writes it; fields that are not known are passed over.
struct AdapterConfiguration: Sendable {
  static let name = "adapter_config.json"
  let file: String
  let fields: JSONObject

  /// Reads the file of a folder.
  init(folder: String) throws(ModelError) {
    file = "\(folder)/\(Self.name)"
    guard let fields = try ModelFiles.json(file).object else {
      throw ModelError(.corrupt, file: file, problem: "is not a JSON object")
    }
    self.fields = fields
  }

  /// The same file with other fields, such as those of a part of it.
  init(_ whole: AdapterConfiguration, fields: JSONObject) {
    file = whole.file
    self.fields = fields
  }

  /// The field of the method in files that only Anneal reads, so that PEFT does not take them.
  static let ownMethod = "anneal_type"

  /// Whose file it is.
  var layout: AdapterLayout {
    if fields[Self.ownMethod] != nil { return .anneal }
    return fields["peft_type"] == nil && fields["config"] != nil ? .adapterHub : .peft
  }

  /// The method, such as `LORA`.
  var method: String {
    get throws(ModelError) {
      if let method = (fields["peft_type"] ?? fields[Self.ownMethod])?.string { return method }
      throw fault("has no peft_type")
    }
  }

  /// An error about the file.
  func fault(_ problem: String) -> ModelError { ModelError(.invalid, file: file, problem: problem) }

  func integer(_ name: String, default fallback: Int) throws(ModelError) -> Int {
    guard let value = set(name) else { return fallback }
    guard let number = value.int else { throw fault("\(name) is \(value.kindName)") }
    return number
  }

  func number(_ name: String, default fallback: Double) throws(ModelError) -> Double {
    guard let value = set(name) else { return fallback }
    guard let number = value.double else { throw fault("\(name) is \(value.kindName)") }
    return number
  }

  func flag(_ name: String) -> Bool { fields[name]?.bool ?? false }

  /// A list of texts, or the one that stands for it.
  func texts(_ name: String) -> [String] {
    if let text = fields[name]?.string { return [text] }
    return fields[name]?.array?.compactMap(\.string) ?? []
  }

  /// A list of integers, or the one that stands for it; nil where there is none.
  func integers(_ name: String) throws(ModelError) -> [Int]? {
    guard let value = set(name) else { return nil }
    let values = value.array ?? [value]
    let numbers = values.compactMap(\.int)
    guard numbers.count == values.count else { throw fault("\(name) is no list of integers") }
    return numbers.isEmpty ? nil : numbers
  }

  /// Tokens by their embedding; a plain list is of the one of words.
  func tokens(_ name: String) throws(ModelError) -> [(table: String, ids: [Int32])] {
    guard let value = set(name) else { return [] }
    let members = value.object?.members.map { ($0.key, $0.value) } ?? [("", value)]
    var tokens: [(table: String, ids: [Int32])] = []
    for (table, value) in members {
      guard let list = value.array, list.allSatisfy({ $0.int != nil }) else {
        throw fault("\(name) is no list of tokens")
      }
      tokens.append((table, list.compactMap { $0.int.map { Int32(clamping: $0) } }))
    }
    return tokens
  }

  /// The entries of a map of numbers.
  func numbers(_ name: String) throws(ModelError) -> [(String, Double)] {
    var entries: [(String, Double)] = []
    for member in fields[name]?.object?.members ?? [] {
      guard let number = member.value.double else { throw fault("\(name) holds no numbers") }
      entries.append((member.key, number))
    }
    return entries
  }

  /// The entries of a map of integers.
  func counts(_ name: String) throws(ModelError) -> [(String, Int)] {
    var entries: [(String, Int)] = []
    for (key, number) in try numbers(name) {
      guard let count = Int(exactly: number) else {
        throw fault("\(name) holds \(number), which is no integer")
      }
      entries.append((key, count))
    }
    return entries
  }

  /// What is adapted.
  func targets(_ name: String) throws(ModelError) -> ModuleTargets? {
    guard let value = set(name) else { return nil }
    guard let targets = ModuleTargets(value) else { throw fault("\(name) is \(value.kindName)") }
    return targets
  }

  /// Refuses fields that ask for what is not computed here.
  /// - Parameter other: The field beside which they do.
  func requireUnset(_ names: [String], beside other: String? = nil) throws(ModelError) {
    for name in names {
      guard let value = set(name), value.bool != false, value.array?.isEmpty != true,
        value.object?.isEmpty != true
      else { continue }
      throw ModelError(
        .unsupported, file: file,
        problem: "asks for \(name)\(other.map { " beside \($0)" } ?? ""), which is not done here",
        remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
    }
  }

  private func set(_ name: String) -> JSONValue? {
    guard let value = fields[name], value != .null else { return nil }
    return value
  }
}

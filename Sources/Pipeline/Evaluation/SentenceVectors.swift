import Models
import Records
import Stages

/// How a model makes one vector of a text, as sentence-transformers files it beside the model.
///
/// `modules.json` lists the parts, `1_Pooling/config.json` says how vectors of tokens become one. A
/// folder without them is a model whose vectors are means, as sentence-transformers has it.
struct SentenceVectors {
  /// How the vectors of tokens become one of the text.
  enum Pooling { case mean, first }

  let pooling: Pooling
  /// The most tokens of a text; nil where only the model bounds them.
  let maximumLength: Int?

  private static let modules = "modules.json"
  private static let poolingFolder = "1_Pooling"
  private static let general = "config_sentence_transformers.json"
  /// Where the length stands: releases before 5 name the file after the model.
  private static let lengths =
    ["bert", "roberta", "distilbert"].map { ("sentence_\($0)_config.json", "max_seq_length") }
    + [("tokenizer_config.json", "model_max_length")]

  /// Reads what a folder says.
  /// - Throws: `ModelError` for files that are damaged, and for vectors that are made otherwise.
  init(_ folder: String) throws(ModelError) {
    let pooled = try Self.poolingFolder(folder)
    pooling = try Self.pooling("\(folder)/\(pooled)/config.json")
    var maximum: Int?
    for (name, key) in Self.lengths where maximum == nil {
      maximum = try Self.json("\(folder)/\(name)")?[key]?.int
    }
    maximumLength = maximum
    let file = "\(folder)/\(Self.general)"
    if let prompt = try Self.json(file)?["default_prompt_name"]?.string {
      throw Self.unsupported(file, "puts the prompt '\(prompt)' before each text")
    }
  }

  /// The files that are read, of those that are there.
  static func files(of folder: String) -> [String] {
    ([modules, "\(poolingFolder)/config.json", general] + lengths.dropLast().map(\.0))
      .map { "\(folder)/\($0)" }.filter { Folders.exists($0) }
  }

  private static func json(_ path: String) throws(ModelError) -> JSONValue? {
    Folders.exists(path) ? try ModelFiles.json(path) : nil
  }

  /// Where the pooling is described; every other part must leave directions as they are.
  private static func poolingFolder(_ folder: String) throws(ModelError) -> String {
    let file = "\(folder)/\(modules)"
    var pooled = poolingFolder
    for module in try json(file)?.array ?? [] {
      let type = module["type"]?.string?.split(separator: ".").last ?? ""
      switch type {
      case "Transformer", "Normalize": continue
      case "Pooling": pooled = module["path"]?.string ?? pooled
      default: throw unsupported(file, "has a module \(type)")
      }
    }
    return pooled
  }

  private static func pooling(_ file: String) throws(ModelError) -> Pooling {
    guard let fields = try json(file)?.object else { return .mean }
    switch modes(fields) {
    // A vector's length does not change a cosine.
    case [], ["mean"], ["mean_sqrt_len_tokens"]: return .mean
    case ["cls"]: return .first
    case let modes: throw unsupported(file, "pools by \(modes.joined(separator: ", "))")
    }
  }

  /// The names of the ways to pool: of `pooling_mode`, or of the flags that releases before 5 write.
  private static func modes(_ fields: JSONObject) -> [String] {
    let field = "pooling_mode"
    if let mode = fields[field] {
      return mode.string.map { [$0] } ?? mode.array?.compactMap(\.string) ?? []
    }
    return fields.members.filter { $0.key.hasPrefix("\(field)_") && $0.value.bool == true }.map {
      flag in
      let name = flag.key.dropFirst(field.count + 1)
      return name.hasSuffix("_tokens") && name != "mean_sqrt_len_tokens"
        ? String(name.dropLast("_tokens".count)) : String(name)
    }.map { $0 == "cls_token" ? "cls" : $0 }
  }

  private static func unsupported(_ file: String, _ problem: String) -> ModelError {
    ModelError(
      .unsupported, file: file, problem: problem,
      remedy: "Give a model whose vectors are means over tokens, or those of the first token.")
  }
}

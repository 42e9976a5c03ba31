import Records
import Stages

extension ConfigReader {
  /// Reads what says where records come from.
  mutating func data(_ role: ConfigRole, _ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    switch role {
    case .data: return path(leaf)
    case .dataFolder: return dataFolder(leaf)
    case .dataForm: return form(leaf)
    case .field(let name):
      pipeline.sources[leaf.index, default: .init()].fields[name] = .string(leaf.text ?? "")
      return .converted("ingest.fields.\(name)")
    case .limit:
      guard let limit = leaf.text.flatMap({ Int($0) }), limit > 0 else {
        return .needless("it is off")
      }
      pipeline.limit = limit
      return .converted("ingest.limit")
    case .validation: return validation(leaf)
    case .mixing: return mixing(leaf)
    default: return .not("it says nothing of data")
    }
  }

  private mutating func validation(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let share = leaf.text.flatMap({ Double($0) }) else { return .not("it is no number") }
    guard share < 1 else { return .not("split takes a share, not a number of records") }
    guard share > 0 else { return .needless("it is off") }
    pipeline.validation = share
    return .converted("split.validation")
  }

  /// Files and names of data sets; several in one text are several sources.
  private mutating func path(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let names = Self.names(leaf)
    // Within a list of data sets a place stands for one of them.
    guard names.count < 2 || !leaf.key.contains("[]") else {
      return .not("a list of files stands for one data set; write an 'ingest' for each")
    }
    var lacking: [String] = []
    for (offset, name) in names.enumerated() {
      guard let path = located(name) else {
        lacking.append(name)
        continue
      }
      let index = names.count > 1 ? offset : leaf.index
      var source = pipeline.sources[index] ?? .init()
      // data_files of a data set say more than its form, such as json.
      if source.path == nil || leaf.key.hasSuffix("data_files") { source.path = path }
      pipeline.sources[index] = source
    }
    guard lacking.isEmpty else {
      return .not("\(lacking.joined(separator: ", ")) is not in dataset_info.json; name its file")
    }
    return .converted("ingest.path")
  }

  /// The path or address of a data set, as the pipeline is to name it.
  func located(_ name: String) -> String? {
    if kind.name == ConfigKind.llamaFactory.name { return listed(name) }
    let isForm = ["json", "csv", "parquet", "text"].contains(name)
    if isForm { return ConvertedPipeline.data }
    if Folders.exists(FilePaths.join(folder, name)) { return beside(name) }
    let looksLikeFile =
      name.hasPrefix("/") || name.hasPrefix(".")
      || name.split(separator: "/")
        .last?.contains(".") == true
    if looksLikeFile || name.contains("://") { return name }
    return name.contains("/") ? "hf://datasets/\(name)" : nil
  }

  /// A path beside the config file, for a pipeline that may stand elsewhere.
  func beside(_ name: String) -> String {
    let own = FilePaths.join(FilePaths.current, folder)
    let target = FilePaths.folder(FilePaths.join(FilePaths.current, out ?? "\(folder)/x"))
    return own == target || name.hasPrefix("/") ? name : FilePaths.join(own, name)
  }

  /// The file of a name in LLaMA-Factory's dataset_info.json.
  private func listed(_ name: String) -> String? {
    let written = leaves.first { $0.key == "dataset_dir" }?.text ?? "data"
    let info = FilePaths.join(FilePaths.join(folder, written), "dataset_info.json")
    guard let bytes = try? FileReader.contents(info), let json = try? JSONValue.parse(bytes),
      let entry = json[name]
    else { return nil }
    if let file = entry["file_name"]?.string { return beside("\(written)/\(file)") }
    return entry["hf_hub_url"]?.string.map { "hf://datasets/\($0)" }
  }

  private mutating func dataFolder(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let name = leaf.text else { return .not("it is no folder") }
    let isHub = name.contains("/") && !name.hasPrefix(".") && !name.hasPrefix("/")
    if isHub, !Folders.exists(FilePaths.join(folder, name)) {
      pipeline.sources[0, default: .init()].path = "hf://datasets/\(name)"
      return .converted("ingest.path")
    }
    pipeline.sources[0, default: .init()].path = beside("\(name)/train.jsonl")
    return .converted("ingest.path: train.jsonl of it; the other sides are taken by split")
  }

  /// Other trainers' forms of records, and ours.
  private static let forms = [
    "alpaca": "alpaca", "alpaca_dataset": "alpaca", "alpaca_cleaned_dataset": "alpaca",
    "sharegpt": "sharegpt", "chat_template": "messages", "chat_dataset": "messages",
    "completion": "text", "text_completion_dataset": "text", "pretraining_dataset": "text",
  ]

  private mutating func form(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let name = (leaf.text ?? "").split(separator: ".").last.map(String.init) ?? ""
    guard let schema = Self.forms[name] else {
      return .not("the form of records is told by their fields; check it, or name 'schema'")
    }
    if name.hasPrefix("alpaca_"), pipeline.sources[leaf.index]?.path == nil {
      let set = name == "alpaca_cleaned_dataset" ? "yahma/alpaca-cleaned" : "tatsu-lab/alpaca"
      pipeline.sources[leaf.index, default: .init()].path = "hf://datasets/\(set)"
    }
    pipeline.sources[leaf.index, default: .init()].schema = schema
    return .converted("ingest.schema: \(schema)")
  }
}

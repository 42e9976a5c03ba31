import Parquet
import Records
public import Stages

/// The stages that write data sets.
public let writeStages: [StageDescriptor] = [
  StageDescriptor(
    "write",
    "Writes the records as a data set of any schema and format, in shards, with a dataset card that "
      + "'datasets.load_dataset' opens.",
    role: .writing, parameters: WriteOptions.parameters, memory: "one row group of Parquet, 64 MB",
    example: "write: {schema: messages, format: parquet, shards: 4, path: dataset}",
    make: { values throws(Diagnostic) in WriteStage(WriteOptions(values)) })
]

/// The formats that data sets are written in.
package enum DataFormat: String, ChoiceValue {
  /// One JSON object a line.
  case jsonl
  /// One JSON list a file.
  case json
  /// Rows of cells divided by commas; lists and objects are JSON in a cell.
  case csv
  /// Tables by column.
  case parquet
}

/// What `write` was told.
struct WriteOptions: Sendable {
  let schema: Schema?
  let format: DataFormat
  let shards: Int
  let path: PathValue?
  let compression: ParquetCompression
  let allowsLoss: Bool
  let keepsMetadata: Bool
  let name: String?
  let license: String?
  let description: String?
  let languages: [String]

  init(_ values: ParameterValues) {
    schema = values[Self.schemaParameter].schema
    format = values[Self.formatParameter]
    shards = values[Self.shardsParameter]
    path = values[Self.pathParameter]
    compression = values[Self.compressionParameter]
    allowsLoss = values[Self.lossParameter]
    keepsMetadata = values[Self.metadataParameter]
    name = values[Self.nameParameter]
    license = values[Self.licenseParameter]
    description = values[Self.descriptionParameter]
    languages = values[Self.languageParameter]
  }

  static let schemaParameter = Parameter(
    "schema", default: SchemaChoice.auto,
    "The form of the rows; auto is the form each record was read in.")
  static let formatParameter = Parameter(
    "format", default: DataFormat.jsonl, "What the files are.")
  static let shardsParameter = Parameter(
    "shards", default: 1, "How many files each side is divided into, in the records' order.",
    check: Check.within(1...99_999))
  static let pathParameter = Parameter<PathValue?>(
    "path", default: nil, aliases: ["out", "output-dir"],
    "The folder of the data set; by default 'dataset' in the run folder.")
  static let compressionParameter = Parameter(
    "compression", default: ParquetCompression.zstd, "How Parquet is compressed.")
  static let lossParameter = Parameter(
    "lossy", default: false,
    "Write records that the schema cannot hold whole, and say in the card what is lost.")
  static let metadataParameter = Parameter(
    "metadata", default: true, "Keep the fields that are neither content nor label.")
  static let nameParameter = Parameter<String?>(
    "name", default: nil, aliases: ["pretty-name"], "The data set's name in its card.")
  static let licenseParameter = Parameter<String?>(
    "license", default: nil, aliases: ["licence"], "The licence in the card, such as cc-by-4.0.")
  static let descriptionParameter = Parameter<String?>(
    "description", default: nil, "What the data set is, for its card.")
  static let languageParameter = Parameter<[String]>(
    "language", default: [], "The languages in the card, such as [en, de].")

  static let parameters: [any AnyParameter] = [
    schemaParameter, formatParameter, shardsParameter, pathParameter, compressionParameter,
    lossParameter, metadataParameter, nameParameter, licenseParameter, descriptionParameter,
    languageParameter,
  ]
}

import Records
import Stages
import TextKit

/// What `clean.duplicates` takes.
enum DuplicatesDescriptor {
  /// How two records are found to be the same.
  enum Method: String, ChoiceValue {
    /// The texts are equal.
    case exact
    /// Their shingles are alike.
    case minhash
    /// Fingerprints of their shingles differ in few bits.
    case simhash
  }

  /// Whose signatures find the pairs that are compared.
  enum Signature: String, ChoiceValue {
    case anneal
    case datatrove
  }

  enum Unit: String, ChoiceValue {
    case words
    case characters
  }

  static let method = Parameter(
    "method", default: Method.exact,
    "The texts are equal, share most shingles (minhash), or nearly all bits of a hash (simhash).")
  static let normalize = Parameter(
    "normalize", default: false,
    "exact: compare without regard to case, blanks and compatibility characters.")
  static let fields = Parameter(
    "fields", default: [Selector.all], "The texts that must be the same.")
  static let threshold = Parameter(
    "threshold", default: 0.8, aliases: ["jaccard_threshold"],
    "minhash: the share of shingles in common (Jaccard) from which a record is dropped; computed "
      + "exactly.", check: Check.within(0.05...1.0))
  static let ngram = Parameter<Int?>(
    "ngram", default: nil, aliases: ["n_grams", "window_size", "ngram_size"],
    "Words a shingle: 3; characters: 5; datatrove's: 5. Shorter texts have one shingle of all.",
    check: Check.optionalAtLeast(1))
  static let unit = Parameter(
    "unit", default: Unit.words,
    "What shingles are runs of; Chinese, Japanese and Thai characters are words.")
  static let bands = Parameter<Int?>(
    "bands", default: nil, aliases: ["num_buckets", "num_bands"],
    "minhash: compare only pairs that meet in so many bands of MinHash values; without, none is "
      + "missed.",
    check: { $0.map { (1...512).contains($0) } == false ? "must be from 1 to 512" : nil })
  static let rows = Parameter(
    "rows", default: 4, aliases: ["hashes_per_bucket", "minhashes_per_band"],
    "bands: values a band; pairs of similarity s meet with probability 1-(1-s^rows)^bands.",
    check: Check.within(1...64))
  static let signature = Parameter(
    "signature", default: Signature.anneal,
    "minhash: whose pairs are compared; datatrove's are those of its 14 buckets of 8 hashes.")
  static let verify = Parameter(
    "verify", default: true,
    "signature datatrove: compare exactly; without, sharing a bucket is enough, as it is there.")
  static let hamming = Parameter(
    "hamming", default: 3, aliases: ["hamming_distance"],
    "simhash: of 64 bits, so many may differ.", check: Check.within(0...16))
  static let keep = Parameter(
    "keep", default: SurvivorPolicy.Preference.first,
    "Who stays: the first, the longest, or the one with the highest or lowest number in 'by'.")
  static let by = Parameter(
    "by", default: Selector?.none, "keep highest or lowest: the number, as metadata.score.")
  static let memory = Parameter(
    "memory", default: 4096,
    "MB for shingles and their index; past it shingles go to disk and the records are searched in "
      + "several rounds, with the same result.", check: Check.atLeast(1))

  static let descriptor = StageDescriptor(
    "clean.duplicates", "Keep one of records with the same or nearly the same text.",
    role: .cleaning, version: 3,
    parameters: [
      method, normalize, fields, threshold, ngram, unit, bands, rows, signature, verify, hamming,
      keep, by, memory,
    ],
    memory: "about 60 bytes a record (exact 100); minhash: 12 more a shingle and 40 a shingle that "
      + "records are listed under, up to 'memory'",
    example: "clean.duplicates: {method: minhash, threshold: 0.8, keep: longest}"
  ) { values throws(Diagnostic) in
    DuplicatesStage(
      method: try duplicateMethod(values), fields: values[fields], survivor: try policy(values),
      memory: values[memory] << 20)
  }

  private static func duplicateMethod(_ values: ParameterValues) throws(Diagnostic)
    -> DuplicateMethod
  {
    let unit: Shingles.Unit = values[unit] == .words ? .words : .characters
    let form = DuplicateMethod.ShingleForm(
      width: values[ngram] ?? (unit == .words ? 3 : 5), unit: unit)
    switch values[method] {
    case .exact: return .exact(normalizes: values[normalize])
    case .simhash: return .simhash(form, limit: values[hamming])
    case .minhash where values[signature] == .datatrove:
      return .datatrove(
        DatatroveRule(
          width: values[ngram] ?? 5, threshold: values[verify] ? values[threshold] : nil))
    case .minhash:
      return .minhash(form, threshold: values[threshold], try bandRule(values))
    }
  }

  private static func bandRule(_ values: ParameterValues) throws(Diagnostic) -> BandRule? {
    guard let bands = values[bands] else { return nil }
    guard bands * values[rows] <= 4096 else {
      throw Diagnostic(
        "\(bands) bands of \(values[rows]) rows are more than 4096 hashes",
        remedy: "leave 'bands' out: then every pair is found")
    }
    return BandRule(threshold: values[threshold], bands: bands, rows: values[rows])
  }

  private static func policy(_ values: ParameterValues) throws(Diagnostic) -> SurvivorPolicy {
    let needsNumber = [.highest, .lowest].contains(values[keep])
    guard needsNumber == (values[by] != nil) else {
      throw Diagnostic(
        needsNumber ? "'keep: \(values[keep].rawValue)' needs a number" : "'by' changes nothing",
        remedy: needsNumber ? "add 'by: metadata.score'" : "write 'keep: highest' or drop 'by'")
    }
    if let field = values[by], field.description != "label",
      !field.description.hasPrefix("metadata.")
    {
      throw Diagnostic(
        "'by: \(field)' is no number", remedy: "name a number: metadata.score, or label")
    }
    return SurvivorPolicy(preference: values[keep], field: values[by])
  }
}

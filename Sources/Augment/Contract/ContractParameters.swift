import Records
import Stages

/// Parameters that every augmenter takes, because the contract of children sees to them.
enum ContractParameters {
  static let perLabel = Parameter<LabelTarget?>(
    "per-label", default: nil,
    "Derive children until each label has this many training records, max: as many as the commonest; "
      + "at most 'copies' of a record.")
  static let similarity = Parameter<SimilarityBand?>(
    "similarity", default: nil,
    "Refuse children whose changed sentences an encoder finds less or more like the parent's (cosine): "
      + "{model: all-MiniLM-L6-v2, min: \(SimilarityBand.usual.lowerBound), "
      + "max: \(SimilarityBand.usual.upperBound)}.")
  static let labelModel = Parameter<ModelName?>(
    "label-model", default: nil,
    "Refuse children to which this classifier (a run, a folder, a name) gives another label than the "
      + "parent's.")
  static let nearDuplicates = Parameter<Double?>(
    "near-duplicates", default: 0.8,
    "Refuse children that share this part of their 3-word runs (Jaccard) with an evaluation record; none: "
      + "only those with the same words.",
    check: { value in
      value.map { (0.3...1).contains($0) } == false ? "must be from 0.3 to 1" : nil
    })

  /// What a stage takes, in the order shown to users.
  /// - Parameters:
  ///   - hasBudget: Whether it makes as many children as it is asked for.
  ///   - isAlike: Whether children say what their parents say; else they are not compared with them.
  static func all(hasBudget: Bool, isAlike: Bool) -> [any AnyParameter] {
    let compared: [any AnyParameter] = isAlike ? [similarity, labelModel] : []
    return (hasBudget ? [perLabel] : []) + compared + [nearDuplicates]
  }
}

/// How many training records each label is to have.
enum LabelTarget: ParameterValue, Hashable {
  /// As many as the commonest label has.
  case most
  case number(Int)

  static let typeName = "max|integer"

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> LabelTarget {
    if case .scalar("max", _) = node.value { return .most }
    let number: Int
    do { number = try Int.decode(node) } catch { throw node.mismatch(typeName) }
    guard number > 0 else { throw Diagnostic("'\(number)' must be at least 1", place: node.place) }
    return .number(number)
  }

  var encoded: JSONValue {
    switch self {
    case .most: "max"
    case .number(let number): .integer(number)
    }
  }
}

/// How like its parent a child must be: an encoder, and the cosines that are allowed.
struct SimilarityBand: ParameterValue, Hashable {
  let model: ModelName
  let range: ClosedRange<Double>

  /// The least is that of CLARE (Li and others, NAACL 2021) as TextAttack has it, around a change.
  ///
  /// Above the
  /// most an encoder sees no change: of 265 children by synonyms all-MiniLM-L6-v2 finds one in a hundred more
  /// alike, and three in five more than 0.98.
  static let usual = 0.7...0.999

  static let typeName = "name|map of model, min, max"

  private static let modelKey = Parameter<ModelName>(
    required: "model", "The encoder of sentences: its folder, or its name in a model cache.")
  private static let least = Parameter(
    "min", default: usual.lowerBound, "The least cosine.", check: Check.within(-1.0...1.0))
  private static let most = Parameter(
    "max", default: usual.upperBound, "The largest cosine.", check: Check.within(-1.0...1.0))

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> SimilarityBand {
    guard node.entries != nil, node.value != .null else {
      return SimilarityBand(model: try ModelName.decode(node), range: usual)
    }
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      [modelKey, least, most], from: node, owner: "", into: &diagnostics)
    guard let values else {
      throw diagnostics.list.first ?? node.mismatch(typeName)
    }
    guard values[least] < values[most] else {
      throw Diagnostic(
        "min is not below max", place: node.place,
        remedy: "leave a band between them: 0.7 and 0.999"
      )
    }
    return SimilarityBand(model: values[modelKey], range: values[least]...values[most])
  }

  var encoded: JSONValue {
    ["model": model.encoded, "min": .real(range.lowerBound), "max": .real(range.upperBound)]
  }
}

import Records
import Stages

/// The values of `split`, and whether they go together.
struct SplitOptions {
  private typealias Keys = SplitDescriptor
  private let values: ParameterValues
  private let time: Selector?
  private let boundaries: TimeBoundaries?
  private let files: [Side: String]

  /// - Throws: `Diagnostic` for the first values that do not go together.
  init(_ values: ParameterValues) throws(Diagnostic) {
    self.values = values
    time = values[Keys.time]
    let (validation, test) = (values[Keys.validationFrom], values[Keys.testFrom])
    boundaries =
      validation == nil && test == nil ? nil : TimeBoundaries(validation: validation, test: test)
    var files: [Side: String] = [:]
    files[.validation] = values[Keys.validationIDs]?.resolved
    files[.test] = values[Keys.testIDs]?.resolved
    self.files = files
    try checkTime()
    try checkFiles()
  }

  /// The stage.
  /// - Throws: `Diagnostic` where no side gets anything.
  func stage() throws(Diagnostic) -> SplitStage {
    // A side that is given holds what it is given, and no more.
    func share(_ side: Side, _ key: Parameter<Double>) -> Double {
      files[side] == nil ? values[key] : 0
    }
    let shares = Shares(
      train: share(.train, Keys.train), validation: share(.validation, Keys.validation),
      test: share(.test, Keys.test))
    guard let shares else {
      throw Diagnostic(
        files.isEmpty
          ? "train, validation and test are all 0"
          : "there is no side for records that no list names: the shares of the others are 0",
        path: "split", remedy: "give at least one side a share: train: 0.8")
    }
    return SplitStage(
      shares: shares, strata: values[Keys.stratify], group: values[Keys.group],
      isExact: values[Keys.exact], similarity: values[Keys.nearDuplicates],
      time: time.map { TimeRule(field: $0, given: boundaries) }, files: files,
      idField: values[Keys.idField])
  }

  private func checkTime() throws(Diagnostic) {
    guard time != nil else {
      guard boundaries == nil else {
        throw Diagnostic(
          "'validation-from' and 'test-from' are times, and records have none without 'time'",
          path: "split", remedy: "name the field: time: metadata.date")
      }
      return
    }
    if let validation = boundaries?.validation, let test = boundaries?.test, validation >= test {
      throw Diagnostic(
        "'validation-from' (\(validation)) is not before 'test-from' (\(test))", path: "split",
        remedy: "validation lies between training and test")
    }
    let others = [
      "exact": values[Keys.exact], "stratify": values[Keys.stratify] != nil,
      "test-ids": files[.test] != nil, "validation-ids": files[.validation] != nil,
    ]
    if let other = others.filter(\.value).keys.min() {
      throw Diagnostic(
        "'time' alone puts records on sides, so '\(other)' has nothing to say", path: "split",
        remedy: "leave '\(other)' out"
          + (other == "stratify" ? "; the labels of each side are counted anyway" : ""))
    }
  }

  private func checkFiles() throws(Diagnostic) {
    if files.isEmpty, values[Keys.idField] != nil {
      throw Diagnostic(
        "'id-field' says where ids stand, and no list of ids is given", path: "split",
        remedy: "add 'test-ids: FILE' or leave it out")
    }
    for (side, path) in files where path == "-" || path.contains("://") {
      throw Diagnostic(
        "'\(side)-ids' is a file on this machine, not '\(path)'", path: "split",
        remedy: "save the list to a file first")
    }
  }
}

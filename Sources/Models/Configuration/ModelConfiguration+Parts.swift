import Records

extension ModelConfiguration {
  /// The fields of an object within, under the first of several spellings; none where there is none.
  /// - Throws: `ModelError.invalid` where it is something else.
  func section(_ names: String...) throws(ModelError) -> ModelConfiguration {
    guard let (name, value) = first(names.filter { fields[$0]?.object?.isEmpty != true }) else {
      return ModelConfiguration([:], file: file)
    }
    guard let object = value.object else { throw wrong(name, "an object") }
    return ModelConfiguration(object, file: "\(file): \(name)")
  }

  /// A list of numbers above 0.
  /// - Throws: `ModelError.invalid` where it is missing, of another length, or something else.
  func reals(_ name: String, count: Int) throws(ModelError) -> [Double] {
    guard let (_, value) = first([name]) else { throw missing([name]) }
    let numbers = (value.array ?? []).compactMap(\.double).filter { $0 > 0 && $0.isFinite }
    guard numbers.count == count, value.array?.count == count else {
      throw wrong(name, "a list of \(count) numbers above 0")
    }
    return numbers
  }

  /// Refuses a field whose value the architecture here cannot honour.
  /// - Throws: `ModelError.unsupported`.
  func require(_ name: String, toBe expected: JSONValue) throws(ModelError) {
    guard let (_, value) = first([name]), value != expected else { return }
    throw ModelError(
      .unsupported, file: file, problem: "\(name) is \(value.text); only \(expected.text) works")
  }

  /// Refuses a width that heads cannot share.
  /// - Throws: `ModelError.invalid`.
  func requireHeads(_ heads: Int, of width: Int) throws(ModelError) {
    guard width % heads == 0 else {
      throw ModelError(
        .invalid, file: file, problem: "\(heads) attention heads cannot share a width of \(width)")
    }
  }
}

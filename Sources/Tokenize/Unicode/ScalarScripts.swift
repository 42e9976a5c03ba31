/// The scripts as the pre-tokenizer `UnicodeScripts` has them, by number.
enum ScalarScripts {
  /// The number of what belongs to no script and cuts nowhere.
  static let any: UInt8 = 0

  /// The script of every scalar.
  static let table = ScalarTable(
    runs: UnicodeData.items(UnicodeData.splitScriptRuns).lazy.map {
      (length: Int($0[0]), value: UInt8($0[1]))
    })
}

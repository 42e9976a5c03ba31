/// What a stage made of the records before it, as lines of its file `records.lines`.
///
/// The first source writes each record as a line. Every other stage writes what it did to the records
/// before it, in their order, so that nothing is written twice that only passed by:
///
///     #FOLDER   the first line: the folder beside its own that holds the records before it
///     =N        N records went on as they were
///     -N        N records ended
///     {…        the next record became this
///     +{…       a record that the stage made
///
/// `StageLines` reads the records that came of it. The runs at both ends stay apart, since those of the
/// slices beside this one may go on with them: the file does not depend on how records were cut.
struct StageChanges: Sendable {
  /// Records one after the other that fared alike.
  struct Run: Sendable, Equatable {
    let mark: UInt8
    var count: Int

    /// The run as a line.
    var line: [UInt8] { [mark] + Array("\(count)\n".utf8) }
  }

  /// How lines begin that are no records.
  enum Mark {
    static let folder = UInt8(ascii: "#")
    static let same = UInt8(ascii: "=")
    static let ended = UInt8(ascii: "-")
    static let made = UInt8(ascii: "+")
  }

  /// The run before the first line.
  private(set) var head: Run?
  /// The lines; whoever appends one calls `begin` first.
  var bytes: [UInt8] = []
  /// The run behind the last line.
  private(set) var tail: Run?
  /// Whether there are no records before the stage, so that every line is a record.
  let isWhole: Bool

  init(isWhole: Bool) { self.isWhole = isWhole }

  /// Notes that the next record went on as it was, or ended.
  mutating func add(_ mark: UInt8) {
    if tail?.mark == mark {
      tail?.count += 1
    } else {
      closeRun()
      tail = Run(mark: mark, count: 1)
    }
  }

  /// Begins a line: of a record that the stage made, or of what the next one became.
  mutating func begin(isMade: Bool) {
    closeRun()
    if isMade, !isWhole { bytes.append(Mark.made) }
  }

  /// Appends a line as it stands.
  mutating func append(_ line: ArraySlice<UInt8>, isMade: Bool) {
    begin(isMade: isMade)
    bytes += line
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func closeRun() {
    guard let run = tail else { return }
    if bytes.isEmpty, head == nil { head = run } else { bytes += run.line }
    tail = nil
  }
}

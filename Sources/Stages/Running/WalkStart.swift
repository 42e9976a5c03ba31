import Records

/// Where a walk through stages begins: at its input's first record, or where an earlier run was killed.
struct WalkStart {
  let writers: [StageWriter]
  /// How many records of the input are behind it.
  let position: Int
  /// Notes how far the walk comes; nil where it could not go on from there.
  let notes: WalkNotes?

  /// Goes on with what a killed run left of the same walk, where it left a note of that; whatever does not
  /// fit it begins the walk anew.
  ///
  /// - Parameter report: Told how many records each stage has seen.
  init(
    _ links: [StageLink], after input: StageResult?, _ runner: StageRunner,
    report: @escaping @Sendable (StageLink, Int) -> Void
  ) throws {
    let cache = StageRunner.cache(in: runner.folder)
    let upstream = input?.contentHash
    let mayGoOn = links.allSatisfy(\.step.stage.mayGoOn)
    notes =
      mayGoOn ? WalkNotes(links, after: upstream, in: cache, every: runner.noteInterval) : nil
    if mayGoOn, let note = WalkNote.read(in: cache), note.fits(links, after: upstream),
      let writers = try Self.writers(links, goingOnFrom: note, report)
    {
      (self.writers, position) = (writers, note.position)
      return
    }
    // It would be wrong as soon as the first file is begun anew.
    try WalkNote.remove(in: cache)
    writers = try links.map { link in try StageWriter(link) { report(link, $0) } }
    position = 0
  }

  private static func writers(
    _ links: [StageLink], goingOnFrom note: WalkNote,
    _ report: @escaping @Sendable (StageLink, Int) -> Void
  ) throws -> [StageWriter]? {
    var writers: [StageWriter] = []
    for (link, stage) in zip(links, note.stages) {
      let writer = try StageWriter(link, goingOnFrom: stage.written) { report(link, $0) }
      guard let writer else { return nil }
      writers.append(writer)
    }
    return writers
  }
}

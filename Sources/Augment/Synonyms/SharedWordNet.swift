import Records
import Stages
import Synchronization

/// WordNet below a folder, read when the first record needs it and then shared by all threads.
final class SharedWordNet: Sendable {
  let folder: String
  private let ready = Mutex<SynonymFinder?>(nil)

  /// The dictionaries this process has read, by folder: a pipeline may use one in several stages.
  private static let dictionaries = Mutex<[String: WordNet]>([:])

  init(folder: String) { self.folder = folder }

  /// Where Debian's `wordnet-base` puts the files.
  static let standardFolder = "/usr/share/wordnet"

  /// The files that are missing.
  var missingFiles: [String] {
    WordNet.paths(below: folder).filter { !Folders.exists($0) }
  }

  /// The finder over the files.
  /// - Throws: `StageError` where a file cannot be read or is damaged.
  func finder(_ rules: SynonymRules) throws(StageError) -> SynonymFinder {
    do {
      return try ready.withLock { ready in
        if let ready { return ready }
        let finder = SynonymFinder(try Self.dictionary(folder), rules)
        ready = finder
        return finder
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(
        "unreadable-dictionary", "\(error)", source: Source(file: folder, line: 0),
        remedy: "install WordNet: apt-get install wordnet-base")
    }
  }

  private static func dictionary(_ folder: String) throws -> WordNet {
    try dictionaries.withLock { dictionaries in
      if let known = dictionaries[folder] { return known }
      let read = try WordNet(folder: folder)
      dictionaries[folder] = read
      return read
    }
  }
}

import Foundation

/// The runs below a folder, or the one run that a folder is.
struct RunShelf {
  /// One run.
  struct Entry {
    /// How addresses name it: the path below the shelf.
    let name: String
    let folder: RunFolder
    /// When one of its files was last written.
    let changed: Date
  }

  private let root: URL
  /// Folders are looked for so deep: `runs/medical/seed-1`.
  private static let depth = 3
  private static let most = 500

  /// - Throws: ``ReportError`` when there is no folder at the path.
  init(path: String) throws(ReportError) {
    root = try RunFolder(path: path).url.resolvingSymlinksInPath()
  }

  /// Whether the folder is a run itself.
  var isRun: Bool { Self.isRun(root) }

  /// The shelf's name.
  var name: String { root.lastPathComponent }

  /// The runs, the last changed first.
  var entries: [Entry] {
    if isRun { return [entry(root, name)].compactMap { $0 } }
    var found: [Entry] = []
    collect(root, prefix: "", depth: Self.depth, into: &found)
    return found.sorted { ($1.changed, $0.name) < ($0.changed, $1.name) }
  }

  /// The run of a name: one of those that were found, so no name leads out of the folder.
  subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  private func collect(_ folder: URL, prefix: String, depth: Int, into found: inout [Entry]) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") && found.count < Self.most {
      let place = folder.appending(path: name).resolvingSymlinksInPath()
      guard isBelowRoot(place), Self.isFolder(place) else { continue }
      if Self.isRun(place) {
        if let entry = entry(place, prefix + name) { found.append(entry) }
      } else if depth > 1 {
        collect(place, prefix: "\(prefix)\(name)/", depth: depth - 1, into: &found)
      }
    }
  }

  /// Whether a place that a link may have led to is within the shelf.
  private func isBelowRoot(_ place: URL) -> Bool { place.path.hasPrefix(root.path + "/") }

  private func entry(_ place: URL, _ name: String) -> Entry? {
    guard let folder = try? RunFolder(path: place.path) else { return nil }
    return Entry(name: name, folder: folder, changed: folder.changed)
  }

  private static func isFolder(_ place: URL) -> Bool {
    (try? place.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
  }

  /// A folder is a run's from its first moment on: the cache is there before any other file.
  private static func isRun(_ place: URL) -> Bool {
    (Run.marks + ["cache/stages.json", "cache/.lock"]).contains {
      FileManager.default.fileExists(atPath: place.appending(path: $0).path)
    }
  }
}

extension RunFolder {
  /// When one of the files that a page is made of was last written.
  var changed: Date {
    (Run.marks + ["report.html", "cache"]).compactMap { file in
      (try? FileManager.default.attributesOfItem(atPath: at(file).path))?[.modificationDate]
        as? Date
    }.max() ?? .distantPast
  }
}

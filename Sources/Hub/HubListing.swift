import Records
import Stages

/// The files of a commit of a data set.
struct HubListing {
  let commit: String
  let names: [String]
  /// Whether these are all files of the commit; else those that the cache happens to have.
  var isWhole = true
}

/// What the hub said of the files of each commit, kept beside other downloads: the shared cache has
/// links to the files that were fetched, and no word of the others.
struct HubListings {
  private let folder: String

  init(_ downloads: String, repository: String) { folder = "\(downloads)/listings/\(repository)" }

  private func path(_ commit: String) -> String { "\(folder)/\(commit).json" }

  /// The listing of a commit, if the hub was ever asked for it.
  func listing(of commit: String) -> HubListing? {
    guard let bytes = try? FileReader.contents(path(commit)),
      let names = try? JSONValue.parse(bytes).array?.compactMap(\.string),
      names.allSatisfy(PlainName.isPath)
    else { return nil }
    return HubListing(commit: commit, names: names)
  }

  func keep(_ listing: HubListing) throws(FileError) {
    let names = JSONValue.array(listing.names.map { .string($0) })
    try AtomicFile.write(names.bytes, to: path(listing.commit))
  }
}

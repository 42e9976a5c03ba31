import Records
package import Stages

/// A file of an http or https address, kept in a cache and asked for again only where it changed.
package struct WebFile {
  private let address: String
  private let settings: HubSettings
  private let fetch = HTTPFetch()
  private static let note = "source.json"

  /// A file of an address.
  package init(_ address: String, settings: HubSettings = HubSettings()) {
    self.address = address
    self.settings = settings
  }

  /// The last part of the address, which says the format.
  private var name: String {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    let name = FilePaths.name(String(path))
    return name.isEmpty || name == Self.note || name.contains(":") ? "download" : name
  }

  private var folder: String { "\(settings.downloads)/\(ContentHash.of(address).prefix(32))" }

  /// The path of the file on this machine, fetched where need be.
  package func path() throws(StageError) -> String {
    let path = "\(folder)/\(name)"
    let isThere = Folders.exists(path)
    if settings.isOffline {
      guard isThere else { throw fault("it is not in the cache, and HF_HUB_OFFLINE is set") }
      return path
    }
    do {
      try refresh(path, isThere)
      return path
    } catch let error as StageError { throw error } catch {
      // What was fetched before is better than nothing.
      if isThere { return path }
      throw fault("it could not be fetched: \((error as? FetchFault)?.reason ?? "\(error)")")
    }
  }

  private func refresh(_ path: String, _ isThere: Bool) throws {
    let lock = try FileLock("\(folder)/.lock")
    defer { withExtendedLifetime(lock) {} }
    let head = try fetch.send("HEAD", address, headers: [:], secret: nil)
    let status = head.status
    // Some servers answer no HEAD; they are asked for the content at once.
    let knowsHead = (200..<300).contains(status)
    guard knowsHead || [403, 405, 501].contains(status) else {
      throw fault("the server answers with status \(status)")
    }
    let version = knowsHead ? head.tag ?? head["last-modified"] : nil
    let old = (try? FileReader.contents("\(folder)/\(Self.note)")).flatMap {
      try? JSONValue.parse($0)
    }
    if isThere, let version, old?["version"]?.string == version { return }
    // Parts of another version are no beginning of this one.
    if version == nil || old?["coming"]?.string != version {
      try Folders.remove("\(path).incomplete")
    }
    try write(["url": .string(address), "coming": version.map { .string($0) } ?? .null])
    try Download(fetch: fetch, secret: nil).run(
      address, to: path, tag: "", size: knowsHead ? head.size : nil)
    try write(["url": .string(address), "version": version.map { .string($0) } ?? .null])
  }

  private func write(_ object: JSONObject) throws {
    try AtomicFile.write(JSONValue.object(object).prettyText.utf8, to: "\(folder)/\(Self.note)")
  }

  private func fault(_ message: String) -> StageError {
    StageError(
      "unreachable", message, source: Source(file: address, line: 0),
      remedy: "check the address, or fetch the file by hand")
  }
}

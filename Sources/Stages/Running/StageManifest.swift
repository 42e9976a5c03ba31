import Records

/// `stage.json`: proof that a stage's folder is whole, and what is in it.
struct StageManifest {
  var label: String
  var fingerprint: String
  var counts: StageCounts
  var contentHash: String

  var bytes: [UInt8] {
    let object: JSONObject = [
      "stage": .string(label), "fingerprint": .string(fingerprint),
      "counts": .object(counts.object), "records_sha256": .string(contentHash),
    ]
    return Array(JSONValue.object(object).prettyText.utf8)
  }

  /// The manifest of a folder; nil where there is none or it cannot be read.
  static func read(_ folder: String) -> StageManifest? {
    guard let bytes = try? FileReader.contents("\(folder)/\(StageFiles.manifest)"),
      let value = try? JSONValue.parse(bytes), let label = value["stage"]?.string,
      let fingerprint = value["fingerprint"]?.string, let counts = value["counts"]?.object,
      let hash = value["records_sha256"]?.string
    else { return nil }
    return StageManifest(
      label: label, fingerprint: fingerprint, counts: StageCounts(object: counts),
      contentHash: hash)
  }
}

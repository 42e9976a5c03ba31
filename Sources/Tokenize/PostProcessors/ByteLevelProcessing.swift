/// `ByteLevel`: trims offsets where asked and adds nothing.
enum ByteLevelProcessing: PostProcessor {
  static let typeName = "ByteLevel"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    let trims = try reader.bool("trim_offsets", default: true)
    let prefix = try reader.bool("add_prefix_space", default: true)
    return PostProcessing(trim: trims ? OffsetTrim(addsPrefixSpace: prefix) : nil)
  }
}

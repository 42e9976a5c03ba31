import Stages

extension Tokenizer {
  /// The names of all files that tokenizers come in, as Hugging Face and their makers have them.
  public static let fileNames = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model",
    "tokenizer.model", "sentencepiece.model", "source.spm", "target.spm", "target_vocab.json",
    "vocab-src.json", "vocab-tgt.json", "qwen.tiktoken", "tokenizer.tiktoken",
    "tekken.json",
    TokenizerSource.chatTemplateName,
  ]

  /// The files that `load` may read for a path: those of a folder, or a file and what is beside it.
  public static func files(at path: String) -> [String] {
    let isFolder = Folders.isFolder(path)
    let folder = isFolder ? path : FilePaths.folder(path)
    let beside = fileNames.map { FilePaths.join(folder, $0) }.filter { Folders.exists($0) }
    guard !isFolder, Folders.exists(path) else { return beside }
    return [path] + beside.filter { FilePaths.name($0) != FilePaths.name(path) }
  }
}

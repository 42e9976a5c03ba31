import Augment
import Clean
import Ingest
import Split
public import Stages
import Tokenize
import Write

extension StageCatalog {
  /// All stages of Anneal, family by family; it changes only when a family is born.
  public static let standard = StageCatalog(
    ingestStages, cleanStages { FileTokenCounter($0) }, splitStages,
    augmentStages(
      translators: Translators.standard, chats: EndpointChat.standard, words: MaskedWords.standard,
      encoders: StandardContractModels().encoder
    ).keepingContract(StandardContractModels()),
    tokenizeStages, writeStages)
}

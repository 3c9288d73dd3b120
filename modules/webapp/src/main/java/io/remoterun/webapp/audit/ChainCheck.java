package io.remoterun.webapp.audit;

import java.util.Optional;

/** Follows the chain from its first entry, and finds the first link that does not hold. */
final class ChainCheck {
  private long sequence;
  private String hash = ChainedEntry.NONE;
  private Optional<ChainVerdict.Broken> broken = Optional.empty();

  /** Takes the next one, in order. What comes after a broken link is not looked at. */
  void next(ChainedEntry entry) {
    if (broken.isPresent()) {
      return;
    }
    if (entry.sequence() != sequence + 1) {
      fail(sequence + 1, "it is missing");
    } else if (!entry.previousHash().equals(hash)) {
      fail(entry.sequence(), "the entry before it is not the one that it was written after");
    } else if (!entry.isGenuine()) {
      fail(entry.sequence(), "it was changed");
    } else {
      sequence = entry.sequence();
      hash = entry.hash();
    }
  }

  /** Holds what was seen against what is known to have been written last. */
  ChainVerdict end(long headSequence, String headHash) {
    if (broken.isEmpty() && sequence < headSequence) {
      fail(sequence + 1, "it is missing, and all after it to " + headSequence);
    } else if (broken.isEmpty() && (sequence > headSequence || !hash.equals(headHash))) {
      fail(sequence, "it is not the one that is known as the last one");
    }
    return new ChainVerdict(broken.isEmpty(), sequence, hash, broken);
  }

  private void fail(long at, String why) {
    broken = Optional.of(new ChainVerdict.Broken(at, why));
  }
}

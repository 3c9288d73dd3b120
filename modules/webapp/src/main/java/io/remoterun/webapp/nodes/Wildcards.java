package io.remoterun.webapp.nodes;

/**
 * A pattern in which {@code *} stands for any text and {@code ?} for one character. No regular
 * expression: these can take exponentially long, and patterns come from outside.
 */
record Wildcards(String pattern) {

  /** Takes at most as many steps as the product of the two lengths. */
  boolean match(String text) {
    int inPattern = 0;
    int inText = 0;
    int star = -1;
    int afterStar = 0;
    while (inText < text.length()) {
      if (inPattern < pattern.length() && pattern.charAt(inPattern) == '*') {
        star = inPattern++;
        afterStar = inText;
      } else if (inPattern < pattern.length() && fits(inPattern, text.charAt(inText))) {
        inPattern++;
        inText++;
      } else if (star >= 0) {
        // The last star takes one character more; an earlier one need not.
        inPattern = star + 1;
        inText = ++afterStar;
      } else {
        return false;
      }
    }
    return pattern.substring(inPattern).chars().allMatch(c -> c == '*');
  }

  private boolean fits(int at, char c) {
    return pattern.charAt(at) == '?' || pattern.charAt(at) == c;
  }
}

/** Makes AgileLens something that can be installed: an image with its own Java, and a package. */
package io.agilelens.app.install;

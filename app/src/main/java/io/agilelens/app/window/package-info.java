/** The window's frame, its keys, its dialogs and pictures of it. */
package io.agilelens.app.window;

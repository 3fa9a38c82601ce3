package io.agilelens.app;
public final class AgileLens { private AgileLens() {} public static void main(String[] a) { System.err.println("hi"); } }

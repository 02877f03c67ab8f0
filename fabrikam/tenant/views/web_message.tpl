% rebase('layout.tpl', title='Signed in without a page')
<p id="answer" data-response="{{response}}" data-origin="{{origin}}">This page tells the application that opened it how its request ended. There is nothing to do here.</p>
<script>{{!script}}</script>

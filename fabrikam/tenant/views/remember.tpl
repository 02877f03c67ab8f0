% if remember:
<p class="check"><input type="checkbox" id="rememberBrowser" name="rememberBrowser" value="true"\\
% if ticked:
 checked\\
% end
> <label for="rememberBrowser">Remember this browser for 30 days</label></p>
% end
